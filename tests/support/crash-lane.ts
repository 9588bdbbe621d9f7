import { randomUUID } from 'node:crypto';
import { confirmTenantMove, type OperationKind, operationOrders } from '@farutech/contracts/provisioning';
import type pg from 'pg';
import { openMessaging } from '../../packages/messaging/src/connection.ts';
import { openManager } from '../../packages/messaging/src/ensure-streams.ts';
import { visit } from '../../packages/messaging/src/visit.ts';
import { migrateControlPlane } from '../../prisma/src/control-plane.ts';
import type { Order } from '../../workers/src/provisioning/job.ts';
import type { ProvisioningWorld } from '../../workers/src/testing/provisioning-world.ts';
import { eventually } from './eventually.ts';
import { startTestNats } from './nats.ts';
import { openWorkerSeat, type Talker, type WorkerSeat } from './worker-seat.ts';

export const ackWaitMs = 2_000;
const endLimitMs = 45_000;

export interface CrashPoint {
  readonly talker: Talker;
  readonly frame: number;
  readonly when: 'before' | 'after';
}

/**
 * Un carril: su NATS, su diario y dos trabajadores, uno que atiende y otro que espera. Muerto el primero, lo suyo es
 * del segundo, que es la víctima siguiente: un arranque por muerte, y mientras otros trabajan.
 */
export interface CrashLane {
  readonly workersUrl: string;
  readonly pool: pg.Pool;
  tell(kind: OperationKind | 'CONFIRM', order: Order): Promise<void>;
  /** Hasta que está así, y con todos sus hechos enviados. */
  ended(operationId: string, state: string): Promise<void>;
  /** Quien atiende muere en ese punto; devuelve cuándo, o nada si `work` acabó sin pasar por él. */
  killAt(point: CrashPoint, work: () => Promise<void>): Promise<{ killedAt: number | undefined }>;
  /** Las tramas de cada uno en un trabajo sin averías. */
  count(work: () => Promise<void>): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Cuántas veces guarda NATS un hecho de una instancia. */
  stored(instanceId: string, name: string): Promise<number>;
  close(): Promise<void>;
}

async function storedIn(url: string, instanceId: string, fact: string): Promise<number> {
  const connection = await visit(url);
  try {
    const manager = await openManager(connection);
    const subject = `farutech.status.${instanceId}.${fact}`;
    const { state } = await manager.streams.info('STATUS', { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  } finally {
    await connection.close();
  }
}

export async function openCrashLane(
  world: ProvisioningWorld,
  kubeconfig: string,
  name: string,
): Promise<CrashLane> {
  const workersUrl = await world.server.createDatabase(`workers_${name}`);
  await migrateControlPlane('workers', workersUrl);
  const pool = world.open(workersUrl);
  const nats = await startTestNats();
  const messaging = openMessaging({ servers: nats.url, name: `lane-${name}`, log: world.log });
  await eventually(() => messaging.check());

  const closing: Promise<void>[] = [];
  const sit = (): Promise<WorkerSeat> =>
    openWorkerSeat(
      {
        workersUrl,
        tenantServerUrl: world.server.adminUrl,
        tenantsUrl: world.tenantsUrl,
        natsUrl: nats.url,
        kubeconfig,
      },
      { ACK_WAIT_MS: `${ackWaitMs}` },
    );
  let [current, next] = await Promise.all([sit(), sit()]);
  await current.ready;
  current.work();

  async function relieve(dead: WorkerSeat): Promise<void> {
    const heir = next;
    heir.work();
    current = heir;
    closing.push(dead.close());
    next = await sit();
  }

  return {
    workersUrl,
    pool,
    async tell(kind, order) {
      const contract = kind === 'CONFIRM' ? confirmTenantMove : operationOrders[kind];
      await messaging.publish({
        subject: contract.subject(order as never),
        envelope: {
          id: randomUUID(),
          name: contract.name,
          version: contract.version,
          aggregateId: order.instanceId,
          correlationId: randomUUID(),
          occurredAt: new Date().toISOString(),
          data: contract.schema.parse(order),
        },
      });
    },
    ended: (operationId, state) =>
      eventually(
        async () => {
          const { rows } = await pool.query<{ state: string; unsent: number }>(
            `SELECT state::text, count(*) FILTER (WHERE sent_at IS NULL)::int AS unsent
             FROM job JOIN outbox ON data ->> 'operationId' = operation_id::text
             WHERE operation_id = $1 GROUP BY state`,
            [operationId],
          );
          const [row] = rows;
          if (row?.unsent === 0 && row.state === state) return;
          throw new Error(`${operationId} está ${JSON.stringify(row)}\n${current.output()}`);
        },
        { withinMs: endLimitMs },
      ),
    async killAt({ talker, frame, when }, work) {
      // El que espera tiene que estar en pie: lo prometido es de una réplica que vive, no de un arranque.
      await next.ready;
      const victim = current;
      let killedAt: number | undefined;
      let relieved: Promise<void> | undefined;
      victim.proxyOf(talker).arm({ label: talker, frame, when }, () => {
        victim.process.kill('SIGKILL');
        killedAt = Date.now();
        relieved = relieve(victim);
      });
      await work();
      victim.disarm();
      await relieved;
      return { killedAt };
    },
    async count(work) {
      current.disarm();
      await work();
      return current.counted();
    },
    stored: (instanceId, fact) => storedIn(nats.url, instanceId, fact),
    async close() {
      await Promise.all([current.close(), next.close(), ...closing]);
      await messaging.close();
      await nats.close();
    },
  };
}
