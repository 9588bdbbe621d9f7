import { messageDeadLettered } from '@farutech/contracts/dead-letter';
import { provisionTenantInstance, tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import { type Messaging, openMessaging } from '@farutech/messaging/connection';
import { on } from '@farutech/messaging/consume';
import { ConfigurationError } from '@farutech/runtime/production';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../tests/support/nats.ts';
import { readConfig, type WorkersConfig } from './config.ts';
import { startWorkers, type Workers } from './start.ts';
import {
  aRequest,
  openProvisioningWorld,
  type ProvisioningWorld,
  type ProvisionOrder,
} from './testing/provisioning-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: ProvisioningWorld;
let nats: TestNats;
let messaging: Messaging;
let workers: Workers;
let config: WorkersConfig;
const provisioned: string[] = [];
const deadLetters: { code: string; attempts: number; messageId: string }[] = [];
const failing = aRequest({ instanceCode: 'siempre' });

beforeAll(async () => {
  [world, nats] = await Promise.all([openProvisioningWorld(), startTestNats()]);
  config = readConfig({
    DATABASE_URL: world.workersUrl,
    TENANT_SERVER_URL: world.server.adminUrl,
    TENANTS_DATABASE_URL: world.tenantsUrl,
    NATS_URL: nats.url,
    ACK_WAIT_MS: '2000',
    PROVISIONING_FAULT: 'seed-tenant:always@siempre',
  });
  workers = await startWorkers(config, world.log);
  messaging = openMessaging({ servers: nats.url, name: 'start-test', log: world.log });
  messaging.consume({
    durable: 'test-status',
    stream: 'STATUS',
    filterSubject: 'farutech.status.>',
    concurrency: 4,
    handlers: [
      on(tenantInstanceProvisioned, async ({ instanceId }) => {
        provisioned.push(instanceId);
      }),
    ],
  });
  messaging.consume({
    durable: 'test-dead',
    stream: 'DLQ',
    filterSubject: 'farutech.dlq.>',
    concurrency: 1,
    handlers: [
      on(messageDeadLettered, async (letter) => {
        deadLetters.push(letter);
      }),
    ],
  });
}, 60_000);
afterAll(async () => {
  await messaging?.close();
  await workers?.close();
  await nats?.close();
  await world?.close();
});

const order = (data: ProvisionOrder, id = v7()): Promise<void> =>
  messaging.publish({
    subject: provisionTenantInstance.subject(data),
    envelope: {
      id,
      name: provisionTenantInstance.name,
      version: provisionTenantInstance.version,
      aggregateId: data.instanceId,
      correlationId: v7(),
      occurredAt: new Date().toISOString(),
      data,
    },
  });

describe('El trabajador, con NATS de verdad', () => {
  it('seis órdenes de los dos niveles: seis hechos de que están en pie, y el buzón vacío', async () => {
    const requests = Array.from({ length: 6 }, (_, index) =>
      aRequest({ databaseTier: index % 2 === 0 ? 'STANDARD' : 'ENTERPRISE' }),
    );
    await eventually(() => messaging.check());

    await Promise.all(requests.map((request) => order(request)));

    await eventually(
      () => expect(provisioned.toSorted()).toEqual(requests.map((one) => one.instanceId).toSorted()),
      {
        withinMs: 30_000,
      },
    );
    await eventually(async () => {
      const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL');
      expect(rows).toEqual([{ n: 0 }]);
    });
    expect(await workers.health.ready()).toMatchObject({ ok: true });
  });

  it('la que falla siempre: cinco intentos en unos 7,5 s y una carta muerta con la causa', async () => {
    const id = v7();
    await order(failing, id);

    await eventually(() => expect(deadLetters).toHaveLength(1), { withinMs: 30_000 });

    expect(deadLetters[0]).toMatchObject({ code: 'FAULT_INJECTED', attempts: 5, messageId: id });
    const facts = await world.factsOf(failing.operationId);
    expect(facts.at(-1)).toMatchObject({
      name: 'OperationFailed',
      data: { failure: { step: 'seed-tenant' } },
    });
    const { rows } = await world.pool.query(
      `SELECT extract(epoch FROM max(occurred_at) - min(occurred_at))::float8 AS s FROM outbox WHERE aggregate_id = $1`,
      [failing.instanceId],
    );
    expect(rows[0].s).toBeGreaterThan(7.4);
    expect(rows[0].s).toBeLessThan(12);
  });

  it('un trabajador que no existe se dice al arrancar', async () => {
    await expect(startWorkers({ ...config, worker: 'facturas' }, world.log)).rejects.toThrow(
      ConfigurationError,
    );
  });

  it('producción no arranca con un fallo pedido', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    try {
      await expect(startWorkers(config, world.log)).rejects.toThrow(
        /PROVISIONING_FAULT is for development only/,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
