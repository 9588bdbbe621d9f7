import { promises as files } from 'node:fs';
import { createLogger } from '@farutech/runtime/logger';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { composeSupergraph } from './compose-supergraph.ts';
import { loadSupergraph } from './live/supergraph.ts';
import { schemaChanges } from './schema-changes.ts';

// Lo que hay fuera no se rompe sin querer: la API de la última entrega contra la que componen los subgrafos.
// `--release` escribe la de ahora como entregada, y esa diferencia la lee quien revisa.

const released = new URL('../released.graphql', import.meta.url);
const log = createLogger('check-schema');

const { apiSchema } = loadSupergraph(await composeSupergraph());
if (process.argv.includes('--release')) {
  await files.writeFile(released, `${printSchema(lexicographicSortSchema(apiSchema))}\n`);
  log.info('gateway/released.graphql written');
} else {
  const { breaking, dangerous } = schemaChanges(
    buildSchema(await files.readFile(released, 'utf8')),
    apiSchema,
  );
  for (const change of dangerous) log.warn(change);
  for (const change of breaking) log.error(change);
  if (breaking.length > 0) {
    log.fatal(
      `${breaking.length} breaking changes of the public API: add beside the old one instead, or release it on purpose with make schema-release`,
    );
    process.exitCode = 1;
  }
}
