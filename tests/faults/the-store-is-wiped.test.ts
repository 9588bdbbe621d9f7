import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../support/instances.ts';
import { startTestNats, type TestNats } from '../support/nats.ts';
import { expectOracleClean } from '../support/oracle.ts';
import { proving, recordProof } from '../support/proof.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const sweepAfterMs = 3_000;
/** El plazo del barrendero más 30 s. */
const limitMs = sweepAfterMs + 1_000 + 30_000;
const each = proving ? 30 : 4;

let nats: TestNats;
let stack: TestStack;
let operator: Api;
let customerId: string;
const figures: Record<string, string | number> = { 'sweeper waits (s)': sweepAfterMs / 1_000 };

beforeAll(async () => {
  nats = await startTestNats();
  const env = { NATS_URL: nats.url, SWEEP_AFTER_MS: `${sweepAfterMs}`, SWEEP_CRON: '* * * * * *' };
  stack = await startTestStack({ profile: 'full', env });
  operator = await stack.as('operator@farutech.test');
  customerId = await grupoExito(operator);
}, 180_000);
afterAll(async () => {
  await stack?.close();
  await nats?.close();
}, 60_000);

async function ask<Row extends object>(database: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: stack.file().databases[database] });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Todo lo escrito está ya en JetStream: perder el almacén es perderlo. */
const sent = (database: string): Promise<void> =>
  eventually(async () =>
    expect(await ask(database, 'SELECT id FROM outbox WHERE sent_at IS NULL')).toEqual([]),
  );

const pause = (name: string): void => void process.kill(stack.pidOf(name), 'SIGSTOP');
const resume = (name: string): void => void process.kill(stack.pidOf(name), 'SIGCONT');

async function wipe(): Promise<void> {
  await nats.kill();
  await nats.wipe();
  await nats.start();
}

const sell = () =>
  Promise.all(
    Array.from({ length: each }, (_, n) =>
      provision(operator, {
        customerId,
        instanceCode: freshCode('perdida'),
        databaseTier: n % 4 === 3 ? 'ENTERPRISE' : 'STANDARD',
      }),
    ),
  );

/** Cuánto tardan todas en llegar a ACTIVE. */
async function untilActive(sold: readonly { readonly id: string }[]): Promise<string> {
  const since = performance.now();
  await eventually(
    async () => {
      const statuses = await Promise.all(sold.map(({ id }) => statusOf(operator, id)));
      expect(statuses).toEqual(sold.map(() => 'ACTIVE'));
    },
    { withinMs: limitMs, everyMs: 200 },
  );
  return ((performance.now() - since) / 1_000).toFixed(1);
}

it('perdida la orden antes de que nadie la oiga, se da otra vez y la instancia llega a ACTIVE', async () => {
  pause('worker-provisioning');
  const sold = await sell();
  await sent('tenancy');
  await wipe();
  resume('worker-provisioning');

  figures['order lost: ACTIVE after (s)'] = await untilActive(sold);

  const rings = await ask<{ n: number }>(
    'tenancy',
    `SELECT count(*)::int AS n FROM outbox WHERE name = 'ProvisionTenantInstance' AND message_id LIKE '%:r0.%'`,
  );
  expect(rings[0]?.n, 'sin llamar otra vez no habrían llegado').toBeGreaterThanOrEqual(each);
}, 120_000);

it('perdidos los hechos, y la respuesta de subscription, el trabajador los cuenta otra vez', async () => {
  pause('worker-provisioning');
  const sold = await sell();
  await sent('tenancy');
  pause('tenancy');
  resume('worker-provisioning');
  const ids = sold.map(({ id }) => `'${id}'`).join(', ');
  await eventually(
    async () =>
      expect(
        await ask('workers', `SELECT state FROM job WHERE instance_id IN (${ids}) AND state = 'SUCCEEDED'`),
      ).toHaveLength(each),
    { withinMs: 60_000 },
  );
  await eventually(
    async () =>
      expect(
        await ask(
          'subscription',
          `SELECT id FROM plan_subscription WHERE status = 'ACTIVE' AND tenant_instance_id IN (${ids})`,
        ),
      ).toHaveLength(each),
    { withinMs: 30_000 },
  );
  await Promise.all([sent('workers'), sent('subscription')]);
  await wipe();
  resume('tenancy');

  figures['facts lost: ACTIVE after (s)'] = await untilActive(sold);
}, 180_000);

it('perdida la confirmación de un traslado, se da otra vez y el traslado acaba', async () => {
  const [moving] = await Promise.all([
    provision(operator, { customerId, instanceCode: freshCode('traslado') }),
  ]);
  await untilActive([moving]);
  const { moveTenantTier } = await operator.get<{ moveTenantTier: { id: string } }>(
    'mutation ($id: ID!) { moveTenantTier(id: $id, to: ENTERPRISE) { id } }',
    { id: moving.id },
  );
  const state = async (): Promise<string> =>
    (
      await operator.get<{ operation: { state: string } }>(
        'query ($id: ID!) { operation(id: $id) { state } }',
        {
          id: moveTenantTier.id,
        },
      )
    ).operation.state;
  await eventually(async () => expect(await state()).toBe('AWAITING_CONFIRMATION'), { withinMs: 60_000 });
  pause('worker-provisioning');
  await operator.get('mutation ($id: ID!) { confirmTenantMove(operationId: $id) { id } }', {
    id: moveTenantTier.id,
  });
  await sent('tenancy');
  await wipe();
  resume('worker-provisioning');
  const since = performance.now();

  await eventually(async () => expect(await state()).toBe('SUCCEEDED'), { withinMs: limitMs, everyMs: 200 });

  figures['confirmation lost: SUCCEEDED after (s)'] = ((performance.now() - since) / 1_000).toFixed(1);
  expect(await ask('tenancy', 'SELECT id FROM dead_letter')).toEqual([]);
  await expectOracleClean(stack, { withinSeconds: 30 });
  await recordProof('the-store-is-wiped', { 'instances each time': each, ...figures });
}, 180_000);
