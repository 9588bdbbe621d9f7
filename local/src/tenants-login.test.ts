import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { stackSecrets } from './secrets.ts';
import { prepareTenantsLogin } from './tenants-login.ts';

let server: TestPostgres;
let tenantsUrl: string;
beforeAll(async () => {
  server = await startTestPostgres();
  const superuser = new pg.Client({ connectionString: server.adminUrl });
  await superuser.connect();
  // Un administrador con lo justo: crea bases y roles, y no es superusuario.
  await superuser.query(`CREATE ROLE orquestador LOGIN CREATEDB CREATEROLE PASSWORD 'orquestador'`);
  await superuser.query('CREATE DATABASE tenants OWNER orquestador');
  await superuser.query('REVOKE CONNECT ON DATABASE tenants FROM PUBLIC');
  await superuser.end();
  const url = new URL(server.url('tenants'));
  url.username = 'orquestador';
  url.password = 'orquestador';
  tenantsUrl = url.toString();
});
afterAll(() => server.close());

async function rolesOf(connectionString: string): Promise<unknown> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT current_user AS name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
              pg_has_role(current_user, 'farutech_app', 'USAGE') AS app
       FROM pg_roles WHERE rolname = current_user`,
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

const modest = {
  name: 'farutech_tenancy',
  rolsuper: false,
  rolbypassrls: false,
  rolcreaterole: false,
  rolcreatedb: false,
  app: true,
};

it('tenancy entra en la compartida con un rol modesto, aunque dos pilas arranquen a la vez y con otra clave', async () => {
  const admin = new pg.Client({ connectionString: tenantsUrl });
  await admin.connect();
  const first = await Promise.all([
    prepareTenantsLogin(tenantsUrl, 'una'),
    prepareTenantsLogin(tenantsUrl, 'una'),
  ]);
  // Lo que hace el trabajador con el rol de la aplicación en cuanto prepara la base.
  await admin.query('GRANT CONNECT ON DATABASE tenants TO farutech_app');
  await admin.end();

  expect(await rolesOf(first[0])).toEqual(modest);
  const second = await prepareTenantsLogin(tenantsUrl, 'otra');

  expect(await rolesOf(second)).toEqual(modest);
  await expect(rolesOf(first[0])).rejects.toMatchObject({ code: '28P01' });
});

it('un secrets.json de antes recibe la clave que le falta y conserva las demás', () => {
  const folder = mkdtempSync(join(tmpdir(), 'farutech-secrets-'));
  const file = join(folder, 'secrets.json');
  writeFileSync(file, JSON.stringify({ internalToken: 'a', fieldKeys: 'b', cookieKeys: 'c' }));

  const secrets = stackSecrets(folder);

  expect(secrets).toMatchObject({ internalToken: 'a', fieldKeys: 'b', cookieKeys: 'c' });
  expect(secrets.tenantsPassword).toHaveLength(32);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(secrets);
  expect(stackSecrets(folder)).toEqual(secrets);
  rmSync(folder, { recursive: true });
});
