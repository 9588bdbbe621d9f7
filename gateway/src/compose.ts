import { promises as files } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@farutech/runtime/logger';
import { composeSupergraph } from './compose-supergraph.ts';

const target = new URL('../supergraph.graphql', import.meta.url);
const log = createLogger('compose');

async function committed(): Promise<string> {
  try {
    return await files.readFile(target, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

const supergraph = await composeSupergraph();
const unchanged = (await committed()) === supergraph;
if (process.argv.includes('--check')) {
  if (!unchanged) {
    log.fatal('gateway/supergraph.graphql is stale: compose it again and commit it');
    process.exitCode = 1;
  }
} else if (!unchanged) {
  // De una vez: un gateway que se levanta a la vez no debe leer medio fichero.
  const partial = `${fileURLToPath(target)}.partial`;
  await files.writeFile(partial, supergraph);
  await files.rename(partial, fileURLToPath(target));
  log.info({ bytes: supergraph.length }, 'gateway/supergraph.graphql written');
}
