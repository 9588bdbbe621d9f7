import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { idleSessionName } from '../../workers/src/provisioning/session-pool.ts';
import { type FrameProxy, startFrameProxy } from './frame-proxy.ts';
import { type Frame, httpFrames, natsFrames, postgresFrames } from './frame-readers.ts';

const main = fileURLToPath(new URL('../../workers/dist/main.js', import.meta.url));

/** Con quién habla: el diario, el relevo del buzón, las sesiones de la operación, NATS y Kubernetes. */
export const talkers = ['journal', 'relay', 'session', 'nats', 'kubernetes'] as const;
export type Talker = (typeof talkers)[number];

const talkerOf = (label: string): string => {
  if (label === 'worker-provisioning') return 'journal';
  if (label === 'outbox-relay') return 'relay';
  // Una sesión que luego se guarda nace sin nombre de operación, y lo toma al empezar.
  return label.startsWith('op:') || label === idleSessionName ? 'session' : label;
};

/** La petición de más mensajes: sin ella no le llega ninguno. */
const asksForWork = ({ bytes }: Frame): boolean => bytes.includes('$JS.API.CONSUMER.MSG.NEXT.');

export interface SeatServers {
  /** Las tres en un mismo servidor. */
  readonly workersUrl: string;
  readonly tenantServerUrl: string;
  readonly tenantsUrl: string;
  readonly natsUrl: string;
  readonly kubeconfig: string;
}

/** Un trabajador compilado, en un proceso suyo, que habla con cada servidor a través de un intermediario. */
export interface WorkerSeat {
  readonly process: ChildProcess;
  output(): string;
  /** Arrancado y conectado, y sin pedir mensajes: está y no atiende. */
  readonly ready: Promise<void>;
  /** Desde ahora atiende. */
  work(): void;
  proxyOf(talker: Talker): FrameProxy;
  /** Lo contado desde el último `disarm`. */
  counted(): ReadonlyMap<string, readonly string[]>;
  disarm(): void;
  close(): Promise<void>;
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

export async function openWorkerSeat(
  servers: SeatServers,
  env: Readonly<Record<string, string>>,
): Promise<WorkerSeat> {
  const server = new URL(servers.tenantServerUrl);
  const postgres = await startFrameProxy({
    port: Number(server.port),
    frames: postgresFrames,
    labelOf: ({ label }) => talkerOf(label),
  });
  const nats = await startFrameProxy({ port: Number(new URL(servers.natsUrl).port), frames: natsFrames });
  const kubernetes = await kubernetesThrough(servers.kubeconfig);
  nats.withhold(asksForWork);

  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'development',
      LOG_LEVEL: 'info',
      WORKER: 'provisioning',
      DATABASE_URL: postgres.through(servers.workersUrl),
      TENANT_SERVER_URL: postgres.through(servers.tenantServerUrl),
      TENANTS_DATABASE_URL: postgres.through(servers.tenantsUrl),
      // Las cadenas de conexión nombran al servidor, no al intermediario de un proceso.
      TENANT_HOSTS: server.host,
      NATS_URL: `nats://127.0.0.1:${nats.port}`,
      KUBERNETES: 'kubeconfig',
      KUBECONFIG: kubernetes.kubeconfig,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve, reject) => {
    const note = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('"msg":"ready"') && output.includes('"msg":"NATS connected"')) resolve();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    void exited.then(() => reject(new Error(`el trabajador acabó antes de empezar:\n${output}`)));
  });
  // Quien espera por él lo verá; sin nadie que espere no es un fallo que tumbe el proceso.
  ready.catch(() => undefined);
  const proxies: Partial<Record<Talker, FrameProxy>> = { nats, kubernetes: kubernetes.proxy };
  const all = [postgres, nats, kubernetes.proxy];
  return {
    process: child,
    output: () => output,
    ready,
    work: () => nats.release(),
    proxyOf: (talker) => proxies[talker] ?? postgres,
    counted: () => new Map(all.flatMap((proxy) => [...proxy.counted()])),
    disarm() {
      for (const proxy of all) proxy.disarm();
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
      await Promise.all(all.map((proxy) => proxy.close()));
      await rm(kubernetes.kubeconfig);
    },
  };
}
