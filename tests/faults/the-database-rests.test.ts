import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookAt } from '../../packages/messaging/src/testing/messaging-probe.ts';
import { vet, vetProfessional } from '../../subgraphs/tenancy/src/testing/builders.ts';
import {
  type RunningTenancy,
  startRunningTenancy,
} from '../../subgraphs/tenancy/src/testing/running-tenancy.ts';
import { eventually } from '../support/eventually.ts';
import { proving, recordProof } from '../support/proof.ts';

/** La escalera de un mensaje acaba a los 7,5 s: parada más tiempo, un fallo contado sería una carta muerta. */
const downMs = proving ? 30_000 : 10_500;
const instances = proving ? 50 : 10;

let world: RunningTenancy;
beforeAll(async () => {
  world = await startRunningTenancy();
  const { prisma } = world.database;
  await prisma.productProjection.create({ data: vet });
  await prisma.planProjection.create({ data: vetProfessional });
}, 120_000);
afterAll(() => world.close(), 60_000);

it('con la base de tenancy parada más de lo que dura la escalera, lo que llega se atiende después y nada se da por perdido', async () => {
  const { server, prisma } = world.database;
  const customerId = await world.registerCustomer();
  const sold = await Promise.all(
    Array.from({ length: instances }, (_, n) => world.sell(customerId, `parada-${n}`)),
  );
  const eye = await lookAt(world.nats.url);
  const pending = async (): Promise<number> =>
    (await eye.manager.consumers.info('STATUS', 'tenancy-status')).num_ack_pending;

  const stoppedAt = performance.now();
  await server.kill();
  await Promise.all(sold.map((one) => world.work(one)));
  // La avería ha de alcanzar a los mensajes: hay quien los tiene en la mano y no puede con ellos.
  await eventually(async () => expect(await pending()).toBeGreaterThan(0));
  await eventually(() => expect(performance.now() - stoppedAt).toBeGreaterThan(downMs), {
    withinMs: downMs + 5_000,
  });
  await server.start();
  const backAt = performance.now();

  await eventually(
    async () => {
      const done = await prisma.tenantInstance.count({ where: { provisionedAt: { not: null } } });
      expect(done).toBe(instances);
    },
    { withinMs: 60_000, everyMs: 100 },
  );
  const caughtUpMs = performance.now() - backAt;
  expect(await eye.deadLetters()).toEqual([]);
  await eventually(async () => expect(await pending()).toBe(0));
  // Una vez cada uno: siete pasos y el final, con la primera entrada de cada instancia.
  expect(await prisma.feed.count()).toBe(instances * 9);
  await eye.close();
  await recordProof('the-database-rests', {
    'PostgreSQL stopped (s)': downMs / 1_000,
    'facts that came meanwhile': instances * 8,
    'dead letters': 0,
    'all applied after its return (s)': (caughtUpMs / 1_000).toFixed(1),
  });
}, 180_000);
