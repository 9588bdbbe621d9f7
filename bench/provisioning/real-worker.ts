import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { openMessaging } from '../../packages/messaging/src/connection.ts';
import { eventually } from '../../tests/support/eventually.ts';
import type { TestNats } from '../../tests/support/nats.ts';
import type { DatabaseTier } from '../../workers/src/provisioning/job.ts';
import {
  aRequest,
  type ProvisioningWorld,
  type ProvisionOrder,
} from '../../workers/src/testing/provisioning-world.ts';

const main = fileURLToPath(new URL('../../workers/dist/main.js', import.meta.url));
const endLimitMs = 120_000;

export interface RealWorker {
  /** Encarga tantas instancias y espera a que consten todas; lo que tardó, en milisegundos. */
  provision(databaseTier: DatabaseTier, count: number): Promise<number>;
  /** Hasta que ha contado todo lo que tenía que contar: mientras, le quitaría procesador a quien vaya detrás. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** El trabajador compilado, en un proceso suyo y con sus ajustes de fábrica, al que se le encarga por JetStream. */
export async function startRealWorker(
  world: ProvisioningWorld,
  nats: TestNats,
  concurrency: number,
): Promise<RealWorker> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      WORKER: 'provisioning',
      DATABASE_URL: world.workersUrl,
      TENANT_SERVER_URL: world.server.adminUrl,
      TENANTS_DATABASE_URL: world.tenantsUrl,
      NATS_URL: nats.url,
      CONCURRENCY: `${concurrency}`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const messaging = openMessaging({ servers: nats.url, name: 'bench', log: world.log });
  await eventually(() => messaging.check());

  const send = (order: ProvisionOrder): Promise<void> =>
    messaging.publish({
      subject: provisionTenantInstance.subject(order),
      envelope: {
        id: randomUUID(),
        name: provisionTenantInstance.name,
        version: provisionTenantInstance.version,
        aggregateId: order.instanceId,
        correlationId: randomUUID(),
        occurredAt: new Date().toISOString(),
        data: order,
      },
    });

  async function ask<Row extends object>(sql: string, params: readonly unknown[] = []): Promise<Row> {
    if (child.exitCode !== null) throw new Error(`el trabajador acabó con ${child.exitCode}`);
    const { rows } = await world.pool.query<Row>(sql, [...params]);
    if (rows[0] === undefined) throw new Error(`sin respuesta: ${sql}`);
    return rows[0];
  }

  return {
    async provision(databaseTier, count) {
      const orders = Array.from({ length: count }, () => aRequest({ databaseTier }));
      const ids = orders.map(({ operationId }) => operationId);
      const startedAt = Date.now();
      await Promise.all(orders.map(send));
      // La hora la pone el diario: preguntar más a menudo para afinarla le quitaba al servidor 10 ms por instancia.
      return await eventually(
        async () => {
          const { n, last } = await ask<{ n: number; last: Date }>(
            `SELECT count(*)::int AS n, max(finished_at) AS last FROM job
             WHERE operation_id = ANY($1) AND state = 'SUCCEEDED'`,
            [ids],
          );
          if (n !== count) throw new Error(`van ${n} de ${count}`);
          return last.getTime() - startedAt;
        },
        { withinMs: endLimitMs, everyMs: 200 },
      );
    },
    settled: () =>
      eventually(async () => {
        const { n } = await ask<{ n: number }>('SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL');
        if (n > 0) throw new Error(`quedan ${n} hechos por contar`);
      }),
    async close() {
      await messaging.close();
      child.kill('SIGTERM');
      await exited;
    },
  };
}
