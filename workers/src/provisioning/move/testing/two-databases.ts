import { fileURLToPath } from 'node:url';
import { migrate } from '@farutech/prisma/migrate';
import pg from 'pg';
import { v7 } from 'uuid';
import { startTestPostgres } from '../../../../../tests/support/postgres.ts';
import { onDatabase } from '../../tenant-names.ts';
import type { Ends } from '../move.ts';

const migrations = fileURLToPath(new URL('../../../../../prisma/tenant/migrations', import.meta.url));

/** De todo lo que un producto puede guardar, y de lo que se estropea si se copia como JSON. */
const oddities = `
  CREATE TYPE mood AS ENUM ('calm', 'it''s "odd"');
  CREATE DOMAIN short AS varchar(12) CHECK (value <> '');
  CREATE TABLE "Raro, sí" (
    tenant_id uuid NOT NULL, "clave""1" timestamptz NOT NULL, part bytea NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY, f8 double precision, f4 real, amount numeric, money numeric(18,4),
    at timestamp, day date, span interval, raw bytea, words text[], nested int[][], doc jsonb, plain json, c char(5),
    m mood, s short, ip inet, b boolean, bits bit(5), r int4range, x xml, t time, tz timetz,
    twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
    PRIMARY KEY (tenant_id, "clave""1", part));
  SELECT protect_tenant_table('"Raro, sí"');
  CREATE TABLE node (tenant_id uuid NOT NULL, id int NOT NULL, parent int, label text NOT NULL,
    PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, label),
    FOREIGN KEY (tenant_id, parent) REFERENCES node (tenant_id, id));
  SELECT protect_tenant_table('node');
  CREATE TABLE leaf (tenant_id uuid NOT NULL, id int NOT NULL, node int NOT NULL,
    PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, node) REFERENCES node (tenant_id, id));
  SELECT protect_tenant_table('leaf');`;

export interface TwoDatabases {
  readonly tenantId: string;
  /** Otro inquilino de la compartida: a sus filas no las toca nadie. */
  readonly otherId: string;
  readonly ends: Ends;
  /** Superusuarios que miran desde fuera. */
  readonly shared: pg.Client;
  readonly own: pg.Client;
  /** Escribe como la aplicación: con RLS, sin saltarse nada. */
  asApplication(database: 'shared' | 'own'): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface MoverServer {
  /** La compartida, con dos inquilinos, y la propia del primero, vacía y a la espera. */
  open(owner: 'superuser' | 'modest'): Promise<TwoDatabases>;
  close(): Promise<void>;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const as = (url: string, user: string): URL =>
  Object.assign(new URL(url), { username: user, password: user });

/** Un servidor para todo un fichero, con una plantilla por cada dueño: cada prueba copia sus dos bases de ella. */
export async function startMoverServer(): Promise<MoverServer> {
  const server = await startTestPostgres();
  const admin = await connect(server.adminUrl);
  await admin.query(`CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD 'app'`);
  await admin.query(`CREATE ROLE orquestador LOGIN CREATEDB CREATEROLE PASSWORD 'orquestador'`);
  const owners = { superuser: server.adminUrl, modest: as(server.adminUrl, 'orquestador').toString() };
  for (const [owner, url] of Object.entries(owners)) {
    const creator = await connect(url);
    await creator.query(`CREATE DATABASE tpl_${owner}`);
    await creator.end();
    const template = onDatabase(url, `tpl_${owner}`);
    await migrate(template, [migrations]);
    const client = await connect(template);
    await client.query(oddities);
    await client.query(`SELECT admit_application_role('app')`);
    await client.end();
  }
  let count = 0;

  return {
    async open(owner) {
      count += 1;
      const names = { shared: `shared_${count}`, own: `own_${count}` };
      const creator = await connect(owners[owner]);
      for (const name of Object.values(names)) {
        await creator.query(`CREATE DATABASE ${name} TEMPLATE tpl_${owner}`);
      }
      await creator.end();
      const opened: pg.Client[] = [];
      const enter = async (url: string): Promise<pg.Client> => {
        const client = await connect(url);
        opened.push(client);
        return client;
      };
      const [tenantId, otherId] = [v7(), v7()];
      const shared = await enter(server.url(names.shared));
      const own = await enter(server.url(names.own));
      await shared.query('INSERT INTO tenant_gate (tenant_id) VALUES ($1), ($2)', [tenantId, otherId]);
      await own.query(
        `INSERT INTO tenant_gate (tenant_id, state, moved_to) VALUES ($1, 'INCOMING', 'shared')`,
        [tenantId],
      );
      return {
        tenantId,
        otherId,
        ends: {
          tenantId,
          source: { databaseId: 'shared', client: await enter(onDatabase(owners[owner], names.shared)) },
          target: { databaseId: 't_own', client: await enter(onDatabase(owners[owner], names.own)) },
        },
        shared,
        own,
        async asApplication(database) {
          const url = as(server.url(names[database]), 'app');
          url.searchParams.set('options', `-c app.tenant_id=${tenantId}`);
          return await enter(url.toString());
        },
        async close() {
          await Promise.all(opened.map((client) => client.end()));
        },
      };
    },
    async close() {
      await admin.end();
      await server.close();
    },
  };
}
