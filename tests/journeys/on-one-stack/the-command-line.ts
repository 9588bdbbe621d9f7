import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '@farutech/local/databases';
import { freePort } from '@farutech/local/free-port';
import { expect, it } from 'vitest';
import { farutech, farutechJson } from '../../support/command-line.ts';
import { grupoExito } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

interface Tenants {
  readonly tenants: { databaseTier: string; status: string; customer: { legalName: string } }[];
  readonly total: number;
}

it('enseña lo que corre y dónde, sin una sola contraseña', async () => {
  const stack = sharedStack();

  const { code, out } = await farutech(stack.env, ['stack', 'show']);
  const json = await farutech(stack.env, ['stack', 'show', '--json']);

  const { password } = new URL(stack.file().databaseUrl);
  expect(code).toBe(0);
  expect(out).toContain(stack.file().gatewayUrl);
  expect(out).toContain('worker-provisioning');
  expect(password).not.toBe('');
  for (const text of [out, json.out]) expect(text).not.toContain(`:${password}@`);
  expect(JSON.parse(json.out)).toMatchObject({ state: 'ready', pid: stack.file().pid });
});

it('da con un cliente por su documento fiscal, y con sus instancias igual', async () => {
  const stack = sharedStack();
  const id = await grupoExito(await stack.as('operator@farutech.test'));

  const found = await farutechJson<{ customers: { id: string }[] }>(stack.env, [
    'customers',
    'ls',
    '--search',
    '890900608-9',
  ]);
  const enterprise = ['tenants', 'ls', '--customer', '890900608-9', '--tier', 'enterprise', '--limit', '2'];
  const theirs = await farutechJson<Tenants>(stack.env, enterprise);
  const table = await farutech(stack.env, enterprise);

  expect(found.customers.map((customer) => customer.id)).toEqual([id]);
  expect(theirs.tenants).toHaveLength(2);
  for (const tenant of theirs.tenants) {
    expect(tenant).toMatchObject({ databaseTier: 'ENTERPRISE', customer: { legalName: 'Grupo Éxito' } });
  }
  expect(table.out).toMatch(/^ID +CODE +CUSTOMER +PRODUCT +TIER +STATUS/);
  expect(table.out.trimEnd().split('\n').at(-1)).toBe(`2 instances of ${theirs.total}`);
});

it('un cliente que no existe se rechaza con 1, y si lo dicho vale por varios los enseña', async () => {
  const { env } = sharedStack();

  const nobody = await farutech(env, ['tenants', 'ls', '--customer', 'Nadie S.A.', '--json']);
  const many = await farutech(env, ['tenants', 'ls', '--customer', 'a']);

  expect(nobody.code).toBe(1);
  expect(JSON.parse(nobody.err)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  expect(many.code).toBe(1);
  expect(many.err).toMatch(/^More than one customer is called a:\n {2}[0-9a-f-]{36} {2}\S/);
});

it('lo que la API rechaza sale con 1 y dice su código y su campo', async () => {
  const { env } = sharedStack();
  const folder = await mkdtemp(join(tmpdir(), 'farutech-product-'));
  await writeFile(join(folder, 'product.json'), JSON.stringify({ code: 'no vale', name: 'x', modules: [] }));

  const refused = await farutech(env, ['products', 'apply', '.', '--json'], folder);
  await writeFile(join(folder, 'product.json'), '{');
  const broken = await farutech(env, ['products', 'apply', folder]);
  await rm(folder, { recursive: true });
  const absent = await farutech(env, ['products', 'apply', folder]);

  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.err)).toMatchObject({
    error: { code: 'VALIDATION_FAILED', field: 'manifest.code' },
  });
  expect(broken).toMatchObject({ code: 1, out: '' });
  expect(broken.err).toContain('is no JSON');
  expect(absent.err).toContain('There is no product.json');
});

it('aplicar un producto dice lo que cambia sin escribirlo, lo aplica, y la segunda vez no cambia nada', async () => {
  const { env } = sharedStack();
  const file = fileURLToPath(new URL('../../../products/farutech-vet/product.json', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'farutech-product-'));
  const code = `FARUTECH_CLI_${process.pid}`;
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { plans: { code: string }[] };
  const plans = manifest.plans.map((plan) => ({ ...plan, code: `CLI_${process.pid}_${plan.code}` }));
  await writeFile(join(folder, 'product.json'), JSON.stringify({ ...manifest, code, plans }));
  const listed = async (): Promise<boolean> =>
    (await farutech(env, ['products', 'ls'])).out.includes(`${code} `);

  const dry = await farutech(env, ['products', 'apply', folder, '--dry-run']);
  const afterDry = await listed();
  const first = await farutechJson<{ applied: boolean; changes: unknown[] }>(env, [
    'products',
    'apply',
    folder,
  ]);
  const afterFirst = await listed();
  const second = await farutech(env, ['products', 'apply', folder]);
  await rm(folder, { recursive: true });

  expect(dry.out).toMatch(/CREATE +PRODUCT +FARUTECH_CLI_/);
  expect(dry.out).toContain('nothing was written');
  expect(afterDry).toBe(false);
  expect(first.applied).toBe(true);
  expect(first.changes.length).toBeGreaterThan(10);
  expect(afterFirst).toBe(true);
  expect(second.out.trim()).toBe(`0 changes, ${first.changes.length} as they were`);
}, 60_000);

it('el token es el de quien se pide', async () => {
  const { env } = sharedStack();

  const { out } = await farutech(env, ['token', 'get', '--as', 'admin@exito.test']);

  const claims = JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString()) as {
    roles: string[];
  };
  expect(claims.roles).toEqual(['CUSTOMER_ADMIN']);
});

it('las bases están al día, y cargar otra vez la demostración no añade nada', async () => {
  const { env } = sharedStack();
  const count = async (): Promise<number> => (await farutechJson<Tenants>(env, ['tenants', 'ls'])).total;
  const before = await count();

  const migrated = await farutechJson<{ applied: number; databases: unknown[] }>(env, [
    'databases',
    'migrate',
  ]);
  const loaded = await farutech(env, ['demo', 'load']);

  expect(migrated).toMatchObject({ applied: 0 });
  expect(migrated.databases).toHaveLength(5);
  expect(loaded.code).toBe(0);
  expect(loaded.out).toContain('5 customers, 10 instances');
  expect(await count()).toBe(before);
}, 60_000);

it('una base vacía se crea y se migra entera; la segunda vez no queda nada por aplicar', async () => {
  const { env, file } = sharedStack();
  // El servidor de la pila con otra base por nombre: DATABASE_URL_CATALOG gana a la de la pila.
  const own = new URL(file().databaseUrl);
  own.pathname = `/cli_${process.pid}`;
  await createDatabase(file().databaseUrl, `cli_${process.pid}`);
  const here = { ...env, DATABASE_URL_CATALOG: own.toString() };

  const first = await farutech(here, ['databases', 'migrate']);
  const second = await farutech(here, ['databases', 'migrate']);

  expect(first.out).toMatch(/catalog +\d{14}_init/);
  expect(second.out).toContain('0 migrations applied');
});

it('sin nada que corra dice qué hacer, y la ayuda sigue ahí', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farutech-empty-'));
  const env = { ...process.env, FARUTECH_DATA: folder, DATABASE_URL: '', NATS_URL: '' };

  const ls = await farutech(env, ['tenants', 'ls']);
  const GATEWAY_URL = `http://127.0.0.1:${await freePort()}/graphql`;
  const elsewhere = await farutech({ ...env, GATEWAY_URL, FARUTECH_TOKEN: 'x' }, ['tenants', 'ls']);
  const leak = await farutech({ ...env, GATEWAY_URL }, ['tenants', 'ls']);
  const help = await farutech(env, []);
  const usage = await farutech(env, ['tenant', 'ls']);
  await rm(folder, { recursive: true });

  expect(ls).toMatchObject({ code: 1, out: '' });
  expect(ls.err).toContain('make up');
  expect(elsewhere.err).toContain('Nobody answers');
  expect(leak.err).toContain('FARUTECH_TOKEN');
  expect(help.code).toBe(0);
  expect(usage).toMatchObject({ code: 2 });
  expect(usage.err).toContain('did you mean tenants?');
});
