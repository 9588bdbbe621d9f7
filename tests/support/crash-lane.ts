import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { confirmTenantMove, type OperationKind, operationOrders } from '@farutech/contracts/provisioning';
import type pg from 'pg';
import { type Messaging, openMessaging } from '../../packages/messaging/src/connection.ts';
import { openManager } from '../../packages/messaging/src/ensure-streams.ts';
import { visit } from '../../packages/messaging/src/visit.ts';
import { migrateControlPlane } from '../../prisma/src/control-plane.ts';
import { placeOf } from '../../workers/src/config.ts';
import type { Order } from '../../workers/src/provisioning/job.ts';
import type { ProvisioningWorld } from '../../workers/src/testing/provisioning-world.ts';
import { eventually } from './eventually.ts';
import { type FrameProxy, startFrameProxy } from './frame-proxy.ts';
import { httpFrames, natsFrames, postgresFrames } from './frame-readers.ts';
import { startTestNats } from './nats.ts';
import type { StandbyWorker, StandbyWorkers } from './standby-workers.ts';

export const ackWaitMs = 2_000;

/** Con quién habla: el diario, el relevo del buzón, las sesiones de la operación, NATS y Kubernetes. */
export const talkers = ['journal', 'relay', 'session', 'nats', 'kubernetes'] as const;
type Talker = (typeof talkers)[number];

const talkerOf = (label: string): string => {
  if (label === 'worker-provisioning') return 'journal';
  if (label === 'outbox-relay') return 'relay';
  return label.startsWith('op:') ? 'session' : label;
};

export interface CrashPoint {
  readonly talker: Talker;
  readonly frame: number;
  readonly when: 'before' | 'after';
}

interface JobEnd {
  readonly state: string;
  readonly epoch: number;
  readonly at: Date;
}

/** El mismo clúster, con las peticiones contadas; su kubeconfig, junto al que se da. */
async function kubernetesThrough(kubeconfig: string): Promise<{ proxy: FrameProxy; kubeconfig: string }> {
  const text = await readFile(kubeconfig, 'utf8');
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
  const proxy = await startFrameProxy({
    port: Number(port),
    frames: httpFrames,
    labelOf: () => 'kubernetes',
  });
  const own = `${kubeconfig}-${proxy.port}`;
  await writeFile(own, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`));
  return { proxy, kubeconfig: own };
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

/**
 * Un carril: su NATS y su diario, y un solo trabajador cada vez, que habla a través de intermediarios. Quien recoge lo
 * de un muerto es la víctima siguiente: un arranque por muerte.
 */
export interface CrashLane {
  readonly workersUrl: string;
  readonly pool: pg.Pool;
  tell(kind: OperationKind | 'CONFIRM', order: Order): Promise<void>;
  /** Hasta que está así, y con todos sus hechos enviados. */
  ended(operationId: string, states: readonly string[]): Promise<JobEnd>;
  /** La víctima muere en ese punto; devuelve cuándo, o nada si `work` acabó sin pasar por él. */
  killAt(point: CrashPoint, work: () => Promise<void>): Promise<{ killedAt: number | undefined }>;
  /** Las tramas de cada uno en un trabajo sin averías. */
  count(work: () => Promise<void>): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Cuántas veces guarda NATS un hecho de una instancia. */
  stored(instanceId: string, name: string): Promise<number>;
  close(): Promise<void>;
}

export async function openCrashLane(
  world: ProvisioningWorld,
  standby: StandbyWorkers,
  kubeconfig: string,
  name: string,
): Promise<CrashLane> {
  const workersUrl = await world.server.createDatabase(`workers_${name}`);
  await migrateControlPlane('workers', workersUrl);
  const pool = world.open(workersUrl);
  const nats = await startTestNats();
  const postgresProxy = await startFrameProxy({
    port: Number(new URL(world.server.adminUrl).port),
    frames: postgresFrames,
    labelOf: ({ label }) => talkerOf(label),
  });
  const natsProxy = await startFrameProxy({ port: Number(new URL(nats.url).port), frames: natsFrames });
  const kubernetes = await kubernetesThrough(kubeconfig);
  const proxies: Partial<Record<Talker, FrameProxy>> = { nats: natsProxy, kubernetes: kubernetes.proxy };
  const messaging: Messaging = openMessaging({ servers: nats.url, name: `lane-${name}`, log: world.log });
  await eventually(() => messaging.check());

  const settings = {
    WORKER: 'provisioning',
    DATABASE_URL: postgresProxy.through(workersUrl),
    TENANT_SERVER_URL: postgresProxy.through(world.server.adminUrl),
    TENANTS_DATABASE_URL: postgresProxy.through(world.tenantsUrl),
    // Las cadenas de conexión nombran al servidor, no al intermediario de un carril.
    TENANT_HOSTS: placeOf(world.server.adminUrl),
    NATS_URL: natsProxy.through(nats.url).replace(/\/$/, ''),
    ACK_WAIT_MS: `${ackWaitMs}`,
    KUBERNETES: 'kubeconfig',
    KUBECONFIG: kubernetes.kubeconfig,
  };
  let worker: Promise<StandbyWorker> | undefined;
  const current = (): Promise<StandbyWorker> => {
    worker ??= standby.take(settings);
    return worker;
  };
  const disarm = (): void => {
    for (const proxy of [postgresProxy, natsProxy, kubernetes.proxy]) proxy.disarm();
  };

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
    ended: (operationId, states) =>
      eventually(
        async () => {
          const { rows } = await pool.query<JobEnd & { unsent: number }>(
            `SELECT state::text, epoch, coalesce(max(sent_at), now()) AS at, count(*) FILTER (WHERE sent_at IS NULL)::int AS unsent
             FROM job JOIN outbox ON data ->> 'operationId' = operation_id::text
             WHERE operation_id = $1 GROUP BY state, epoch`,
            [operationId],
          );
          const [row] = rows;
          if (row === undefined || row.unsent > 0 || !states.includes(row.state)) {
            throw new Error(`${operationId}: ${JSON.stringify(row)}\n${(await current()).output()}`);
          }
          return row;
        },
        { withinMs: 45_000 },
      ),
    async killAt({ talker, frame, when }, work) {
      const victim = await current();
      let killedAt: number | undefined;
      (proxies[talker] ?? postgresProxy).arm({ label: talker, frame, when }, () => {
        victim.process.kill('SIGKILL');
        killedAt = Date.now();
        worker = undefined;
        disarm();
        void current();
      });
      await work();
      disarm();
      return { killedAt };
    },
    async count(work) {
      await current();
      disarm();
      await work();
      return new Map([...postgresProxy.counted(), ...natsProxy.counted(), ...kubernetes.proxy.counted()]);
    },
    stored: (instanceId, fact) => storedIn(nats.url, instanceId, fact),
    async close() {
      (await worker)?.process.kill('SIGKILL');
      await messaging.close();
      await Promise.all([postgresProxy.close(), natsProxy.close(), kubernetes.proxy.close()]);
      await rm(kubernetes.kubeconfig);
      await nats.close();
    },
  };
}
