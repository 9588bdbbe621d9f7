import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../support/instances.ts';
import { startTestNats, type TestNats } from '../support/nats.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

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

it('con NATS parado se aceptan diez altas; al volver, las diez acaban ACTIVE', async () => {
  const operator = await stack.as('operator@farutech.test');
  const customerId = await grupoExito(operator);
  await nats.kill();

  const made = await Promise.all(
    Array.from({ length: 10 }, () => provision(operator, { customerId, instanceCode: freshCode('nats') })),
  );
  const whileDown = await Promise.all(made.map(({ id }) => statusOf(operator, id)));
  await nats.start();

  expect(new Set(whileDown)).toEqual(new Set(['PROVISIONING']));
  await eventually(
    async () => {
      const statuses = await Promise.all(made.map(({ id }) => statusOf(operator, id)));
      expect(new Set(statuses)).toEqual(new Set(['ACTIVE']));
    },
    { withinMs: 60_000, everyMs: 200 },
  );
}, 120_000);
