import { prepareDatabases } from '@farutech/local/databases';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBatch } from '../../packages/messaging/src/outbox-batch.ts';
import { migrate } from '../../prisma/src/migrate.ts';
import { openPrisma as openSubscription } from '../../subgraphs/subscription/src/persistence/open-prisma.ts';
import { readEntitlements } from '../../subgraphs/subscription/src/persistence/queries/entitlements.ts';
import { changesSource, statusSource } from '../../subgraphs/tenancy/src/persistence/feed-sources.ts';
import { openPrisma as openTenancy } from '../../subgraphs/tenancy/src/persistence/open-prisma.ts';
import { instanceQueries } from '../../subgraphs/tenancy/src/persistence/queries/instance-queries.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { openStatementLog, type StatementLog } from '../support/statement-log.ts';
import { fill, idOf } from './database-rows.ts';
import { root } from './sources.ts';

const named = ['customer_id', 'tenant_instance_id', 'subscription_id', 'instance_id'];
const everything = { kind: 'everything' } as const;

let server: TestPostgres;
let log: StatementLog;
let urls: Record<string, string>;

beforeAll(async () => {
  server = await startTestPostgres(['log_statement=all']);
  log = await openStatementLog(server);
  urls = { ...(await prepareDatabases(server.adminUrl)).urls };
  urls.tenants = await server.createDatabase('tenants_of_the_test');
  await migrate(urls.tenants, [`${root}prisma/tenant/migrations`]);
});
afterAll(async () => {
  await log.close();
  await server.close();
});

const urlOf = (database: string): string => urls[database] ?? '';

async function connected<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('los índices que la semilla nombra', () => {
  it.each(['catalog', 'tenancy', 'subscription', 'identity', 'workers', 'tenants'])(
    'en %s, todo customer_id, tenant_instance_id y subscription_id encabeza un índice',
    async (database) => {
      const bare = await connected(database, (client) =>
        client.query<{ place: string }>(
          `SELECT c.table_name || '.' || c.column_name AS place FROM information_schema.columns c
           JOIN pg_class t ON t.relname = c.table_name AND t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
           WHERE c.table_schema = 'public' AND c.column_name = ANY($1) AND NOT EXISTS (
             SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = t.oid AND a.attname = c.column_name AND i.indpred IS NULL)
           ORDER BY 1`,
          [named],
        ),
      );

      expect(bare.rows.map(({ place }) => place)).toEqual([]);
    },
  );
});

/** Los planes de lo que `work` pregunta de verdad, con los mismos parámetros. */
async function plansOf(database: string, work: () => Promise<unknown>): Promise<string> {
  const statements = await log.during(work);
  const reads = statements.filter(({ sql }) => /^SELECT/i.test(sql) && / from /is.test(sql));
  expect(reads.length).toBeGreaterThan(0);
  return connected(database, async (client) => {
    let plans = '';
    for (const { sql, parameters } of reads) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters]);
      plans += `${rows.map((row) => row['QUERY PLAN']).join('\n')}\n`;
    }
    return plans;
  });
}

function expectIndexed(plans: string): void {
  expect(plans).toMatch(/Index (?:Only )?Scan|Bitmap Index Scan/);
  expect(plans.split('\n').filter((line) => line.includes('Seq Scan'))).toEqual([]);
}

describe('las lecturas calientes van por índice', () => {
  const rows = 5_000;
  const oneId = async (database: string, expression: string): Promise<string> =>
    connected(database, async (client) => {
      const answer = await client.query<{ id: string }>(`SELECT (${expression})::text AS id`);
      return answer.rows[0]?.id ?? '';
    });

  describe('subscription', () => {
    beforeAll(() =>
      connected('subscription', async (client) => {
        const [instance, product, plan] = [
          idOf('instance', 'g'),
          idOf('product', 'g % 50'),
          idOf('plan', 'g % 3000'),
        ];
        await fill(client, 'product_projection', 50, { product_id: idOf('product', 'g - 1') });
        await fill(client, 'plan_projection', 3_000, { plan_id: idOf('plan', 'g - 1'), product_id: product });
        await fill(client, 'feature_projection', 2_000, { product_id: product });
        await fill(client, 'instance_projection', rows, {
          instance_id: instance,
          product_id: product,
          status: "'ACTIVE'",
        });
        await fill(client, 'plan_subscription', rows, {
          id: idOf('subscription', 'g'),
          tenant_instance_id: instance,
          customer_id: idOf('customer', 'g % 500'),
          plan_id: plan,
        });
        const history = { subscription_id: idOf('subscription', `1 + g % ${rows}`), plan_id: plan };
        await fill(client, 'subscription_state', 2 * rows, history);
        await fill(client, 'feature_override', 2 * rows, { subscription_id: history.subscription_id });
      }),
    );

    it('effectiveFeatures de una instancia, y de una página de veinte', async () => {
      const prisma = openSubscription({ databaseUrl: urlOf('subscription'), onError: () => undefined });
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, index) => oneId('subscription', `md5('instance${index + 7}')::uuid`)),
      );

      const one = await plansOf('subscription', () =>
        readEntitlements(prisma, everything, ids.slice(0, 1), new Date()),
      );
      const page = await plansOf('subscription', () => readEntitlements(prisma, everything, ids, new Date()));
      await prisma.$disconnect();

      expectIndexed(one);
      expectIndexed(page);
    });
  });

  describe('tenancy', () => {
    const prisma = () => openTenancy(urlOf('tenancy'), () => undefined);
    const page = { first: 20, after: null };

    beforeAll(() =>
      connected('tenancy', async (client) => {
        const [customer, instance] = [idOf('customer', '1 + g % 500'), idOf('instance', 'g')];
        await fill(client, 'customer', 500, { id: idOf('customer', 'g') });
        await fill(client, 'tenant_instance', rows, { id: instance, customer_id: customer });
        await fill(client, 'operation', rows, {
          tenant_instance_id: instance,
          customer_id: customer,
          state: "'SUCCEEDED'::operation_state",
        });
        await fill(client, 'feed', 4 * rows, {
          instance_id: idOf('instance', `1 + g % ${rows}`),
          customer_id: customer,
          version: `1 + g / ${rows}`,
          change_no: 'g',
          payload: `jsonb_build_object('instanceId', md5('instance')::uuid, 'customerId', md5('customer')::uuid,
            'version', g, 'status', 'ACTIVE', 'statusChanged', true, 'operation', NULL, 'step', NULL,
            'message', '', 'occurredAt', '2026-01-01T00:00:00.000Z')`,
        });
      }),
    );

    it('una página de instancias, la siguiente, y las de una página de clientes', async () => {
      const db = prisma();
      const customers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => oneId('tenancy', `md5('customer${index + 1}')::uuid`)),
      );
      const reads = instanceQueries(db, everything);
      const after = { createdAt: new Date(Date.now() - 1_000_000), id: customers[0] ?? '' };

      const first = await plansOf('tenancy', () => reads.instances(page, {}));
      const next = await plansOf('tenancy', () => reads.instances({ first: 20, after }, {}));
      const ofCustomers = await plansOf('tenancy', () =>
        Promise.all(customers.map((id) => reads.instancesOf(id, page))),
      );
      await db.$disconnect();

      for (const plans of [first, next, ofCustomers]) expectIndexed(plans);
    });

    it('lo que sigue a una versión del diario de una instancia, y a un número del de todas', async () => {
      const db = prisma();
      const id = await oneId('tenancy', "md5('instance9')::uuid");

      const ofOne = await plansOf('tenancy', async () => {
        await statusSource(db).kept(id);
        await statusSource(db).read(id, 1, 64);
      });
      const ofAll = await plansOf('tenancy', async () => {
        await changesSource(db).kept('all');
        await changesSource(db).read('all', 4 * rows - 20, 64);
      });
      await db.$disconnect();

      expectIndexed(ofOne);
      expectIndexed(ofAll);
    });
  });

  it('lo que el buzón no ha enviado, entre días de lo enviado', async () => {
    await connected('catalog', (client) =>
      fill(client, 'outbox', 4 * rows, {
        sent_at: `CASE WHEN g > ${4 * rows - 10} THEN NULL ELSE now() END`,
      }),
    );

    // readBatch quiere la conexión de un pool; para leer le sobra lo demás.
    const plans = await plansOf('catalog', () =>
      connected('catalog', (client) => readBatch(client as unknown as pg.PoolClient)),
    );

    expectIndexed(plans);
  });

  it('la auditoría de una entidad, de lo último a lo primero', async () => {
    await connected('catalog', (client) =>
      fill(client, 'audit_entry', 4 * rows, { entity_id: "'e' || g % 1000", outcome: "'ACCEPTED'" }),
    );

    const plans = await plansOf('catalog', () =>
      connected('catalog', (client) =>
        client.query('SELECT * FROM audit_entry WHERE entity_id = $1 ORDER BY seq DESC LIMIT 50', ['e7']),
      ),
    );

    expectIndexed(plans);
  });
});
