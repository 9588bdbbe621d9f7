import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { farutechJson } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../support/instances.ts';
import { startTestNats, type TestNats } from '../support/nats.ts';
import { recordProof } from '../support/proof.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const planCode = 'VET_PROFESSIONAL';
const projecting = ['tenancy', 'subscription'] as const;

let nats: TestNats;
let stack: TestStack;
beforeAll(async () => {
  nats = await startTestNats();
  stack = await startTestStack({ profile: 'full', env: { NATS_URL: nats.url } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await nats?.close();
}, 60_000);

async function rowsOf<Row extends pg.QueryResultRow>(database: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: stack.file().databases[database] });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const versions = (rows: { plan: string }[]): readonly string[] => rows.map(({ plan }) => plan);
const listed = `SELECT code || ' v' || version AS plan FROM`;
const sold = async (): Promise<readonly string[]> =>
  versions(await rowsOf('catalog', `${listed} plan ORDER BY code, version`));
const known = async (database: string): Promise<readonly string[]> =>
  versions(await rowsOf(database, `${listed} plan_projection ORDER BY code, version`));

/** La proyección entera, fila a fila: dos fotos iguales son la misma. */
const photo = (database: string): Promise<{ row: string }[]> =>
  rowsOf(database, 'SELECT row_to_json(p)::text AS row FROM plan_projection p ORDER BY code, version');

interface Vet {
  readonly id: string;
  readonly features: { code: string; retiredAt: string | null }[];
}

async function publish(api: Api, productId: string, code: string, includedFeatures: string[]): Promise<void> {
  const input = {
    productId,
    code,
    name: code,
    type: 'PROFESSIONAL',
    price: '99.00',
    includedFeatures,
    maxUsers: 7,
  };
  await api.get('mutation($input: PublishPlanInput!) { publishPlan(input: $input) { id } }', { input });
}

const nothingUnsent = (): Promise<void> =>
  eventually(async () => {
    const [row] = await rowsOf<{ unsent: number }>(
      'catalog',
      'SELECT count(*)::int AS unsent FROM outbox WHERE sent_at IS NULL',
    );
    expect(row?.unsent).toBe(0);
  });

interface Rebuilt {
  readonly told: { owner: string; facts: number }[];
  readonly consumers: { durable: string; waiting: number; atWork: number }[];
  readonly facts: number;
  readonly seconds: number;
}

it('perdido el almacén de NATS con planes recién publicados, projections rebuild pone a todos al día', async () => {
  const operator = await stack.as('operator@farutech.test');
  const { product } = await operator.get<{ product: Vet }>(
    '{ product(code: "FARUTECH_VET") { id features { code retiredAt } } }',
  );
  const features = product.features.filter(({ retiredAt }) => retiredAt === null).map(({ code }) => code);
  const newest = features.slice(0, 5);

  // Quien debía oírlos está parado: los hechos llegan a NATS, constan como enviados y nadie los ha leído.
  for (const name of projecting) process.kill(stack.pidOf(name), 'SIGSTOP');
  for (let n = 1; n <= 6; n += 1) await publish(operator, product.id, planCode, features.slice(0, n + 6));
  for (let n = 1; n <= 6; n += 1) await publish(operator, product.id, `VET_LOST_${n}`, features.slice(0, n));
  await publish(operator, product.id, planCode, newest);
  await nothingUnsent();
  await nats.kill();
  await nats.wipe();
  // SIGKILL y no SIGCONT: lo que ya estaba en su zócalo también se pierde.
  for (const name of projecting) stack.kill(name);
  await publish(operator, product.id, 'VET_WHILE_DOWN', newest);
  await nats.start();
  await nothingUnsent();

  const all = await sold();
  await eventually(
    async () => {
      for (const name of projecting) expect(await known(name)).toContain('VET_WHILE_DOWN v1');
    },
    { withinMs: 30_000 },
  );
  // La avería ha ocurrido: trece publicaciones no las conoce nadie, ni las conocería nunca.
  for (const name of projecting) expect(all.length - (await known(name)).length).toBe(13);

  const rebuilt = await farutechJson<Rebuilt>(stack.env, ['projections', 'rebuild']);

  for (const name of projecting) expect(await known(name)).toEqual(all);
  expect(rebuilt.told.map(({ owner }) => owner)).toEqual(['catalog', 'tenancy', 'subscription']);
  expect(rebuilt.consumers.length).toBeGreaterThanOrEqual(7);
  for (const consumer of rebuilt.consumers) expect(consumer).toMatchObject({ waiting: 0, atWork: 0 });

  const { id } = await provision(operator, {
    customerId: await grupoExito(operator),
    instanceCode: freshCode('rebuilt'),
    planCode,
  });
  await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
  const { effectiveFeatures } = await operator.get<{ effectiveFeatures: { enabled: string[] } }>(
    'query($id: ID!) { effectiveFeatures(instanceId: $id) { enabled } }',
    { id },
  );
  expect(effectiveFeatures.enabled.toSorted()).toEqual(newest.toSorted());

  const before = await Promise.all(projecting.map(photo));
  const again = await farutechJson<Rebuilt>(stack.env, ['projections', 'rebuild']);
  expect(await Promise.all(projecting.map(photo))).toEqual(before);
  await recordProof('projections-rebuild', {
    'plan versions unknown after the wipe': 13,
    'plan versions unknown after the rebuild': 0,
    'facts told': rebuilt.facts,
    'seconds until everyone had heard': rebuilt.seconds,
    'facts told the second time, changing nothing': again.facts,
  });
}, 180_000);
