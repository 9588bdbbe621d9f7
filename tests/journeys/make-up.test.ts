import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@farutech/local/free-port';
import { isAlive } from '@farutech/local/own-process';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Demo {
  readonly products: { edges: unknown[] };
  readonly customers: { edges: unknown[] };
  readonly tenantInstances: { edges: { node: { id: string; status: string; databaseTier: string } }[] };
}
const demo = `{ products { edges { node { id } } } customers { edges { node { id } } }
  tenantInstances { edges { node { id status databaseTier } } } }`;

describe('make up en una máquina nueva', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack({ profile: 'compact' });
  }, 120_000);
  afterAll(() => stack?.close(), 60_000);

  it('deja 3 productos, 5 clientes y 10 instancias ACTIVE, cada Enterprise con su base de verdad', async () => {
    const operator = await stack.as('operator@farutech.test');

    const { products, customers, tenantInstances } = await operator.get<Demo>(demo);

    const instances = tenantInstances.edges.map(({ node }) => node);
    const enterprise = instances.filter(({ databaseTier }) => databaseTier === 'ENTERPRISE');
    expect([products.edges.length, customers.edges.length, instances.length]).toEqual([3, 5, 10]);
    expect(new Set(instances.map(({ status }) => status))).toEqual(new Set(['ACTIVE']));
    expect(enterprise.length).toBeGreaterThanOrEqual(3);
    const databases = await tenantDatabases(stack);
    expect(databases.toSorted()).toEqual(
      enterprise.map(({ id }) => `t_${id.replaceAll('-', '')}`).toSorted(),
    );
  });

  it('dice lo que tardó cada fase, y guarda stack.json solo para su dueño', async () => {
    const output = stack.output();

    for (const phase of ['postgres', 'nats', 'databases', 'services', 'demo']) {
      expect(output).toMatch(new RegExp(`${phase}\\s+\\d+\\.\\d s`));
    }
    expect((await stat(join(stack.dataDir, 'stack.json'))).mode & 0o777).toBe(0o600);
  });

  it('arrancarla otra vez dice lo que ya corre y no toca nada', async () => {
    const before = stack.file();

    const { stdout } = await run(process.execPath, [`${root}local/dist/up.js`], { env: stack.env });

    expect(stdout).toContain('It runs already');
    expect(stack.file()).toEqual(before);
  });

  it('Ctrl-C lo para todo y no deja nada detrás; al volver, la demostración sigue', async () => {
    const pids = stack.file().processes.map(({ pid }) => pid);

    const code = await stack.stop();
    const left = pids.filter(isAlive);
    const again = await startTestStack({ profile: 'compact', dataDir: stack.dataDir });
    const operator = await again.as('operator@farutech.test');
    const { tenantInstances } = await operator.get<Demo>(demo);
    await again.stop();

    expect(code).toBe(0);
    expect(left).toEqual([]);
    expect(tenantInstances.edges).toHaveLength(10);
  }, 90_000);
});

describe('lo que impide arrancar se dice en una línea y acaba con un código', () => {
  const up = async (env: Record<string, string>): Promise<{ code: number; stderr: string }> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'farutech-stack-'));
    await chmod(dataDir, 0o755);
    try {
      await run(process.execPath, [`${root}local/dist/up.js`], {
        env: { ...process.env, NODE_ENV: 'development', FARUTECH_DATA: dataDir, ...env },
      });
      return { code: 0, stderr: '' };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, stderr: stderr.trim() };
    } finally {
      const { stdout } = await run('ps', ['-eo', 'args']);
      expect(
        stdout.split('\n').filter((args) => args.includes(dataDir)),
        'quien se rinde no deja nada en marcha',
      ).toEqual([]);
      await rm(dataDir, { recursive: true, force: true });
    }
  };

  it('un puerto ocupado', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? `${address.port}` : '';

    const { code, stderr } = await up({ GATEWAY_PORT: port });
    server.close();

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `make up: port ${port} is taken; GATEWAY_PORT moves it`,
    });
  });

  it('una base de datos que se niega, sin enseñar su contraseña', async () => {
    const { code, stderr } = await up({
      DATABASE_URL: 'postgresql://nadie:secreta@127.0.0.1:1/postgres',
      GATEWAY_PORT: `${await freePort()}`,
      IDENTITY_PORT: `${await freePort()}`,
    });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^make up: PostgreSQL at 127\.0\.0\.1:1 \(DATABASE_URL\) cannot be used: .*$/);
    expect(stderr).not.toContain('secreta');
  });

  it('un NATS que no contesta', async () => {
    const { code, stderr } = await up({
      NATS_URL: 'nats://127.0.0.1:1',
      GATEWAY_PORT: `${await freePort()}`,
      IDENTITY_PORT: `${await freePort()}`,
    });

    expect(code).toBe(1);
    expect(stderr).toMatch(/NATS at 127\.0\.0\.1:1 \(NATS_URL\) refuses/);
  });
});

async function tenantDatabases(stack: TestStack): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.file().databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      String.raw`SELECT datname FROM pg_database WHERE datname LIKE 't\_%'`,
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}
