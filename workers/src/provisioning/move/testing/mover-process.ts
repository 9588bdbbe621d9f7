import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProvisioningWorld } from '../../../testing/provisioning-world.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** En qué sentencia cae quien mueve, la primera vez que la hace. */
export interface Death {
  readonly sql: string;
  readonly when: 'before' | 'after';
  /** No en ella, sino en la confirmación que la sigue. */
  readonly commit?: boolean;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
}

export interface GivenOrder {
  readonly name: 'MoveTenantTier' | 'ConfirmTenantMove' | 'RevertTenantMove';
  readonly data: object;
}

export interface Ended {
  /** `done`, o el nombre del error. */
  readonly ended: string;
}

const moverLeaseMs = 600;

/** Un trabajador en su propio proceso, como en la vida: se puede matar y parar, y no estorba a quien escribe. */
export interface Mover {
  readonly pid: number | undefined;
  /** Cómo acabó la orden, o la señal que se llevó al proceso. De una en una. */
  handle(order: GivenOrder): Promise<string>;
  kill(signal: 'SIGKILL' | 'SIGCONT'): void;
  /** Lo deja acabar: con qué código salió. */
  close(): Promise<string>;
}

export function startMover(world: ProvisioningWorld, death?: Death): Mover {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      'tsx',
      `${root}workers/src/provisioning/move/testing/move-on-order.ts`,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        TSX_TSCONFIG_PATH: 'tsconfig.dev.json',
        LOG_LEVEL: 'silent',
        NODE_ENV: 'test',
        DATABASE_URL: world.workersUrl,
        TENANT_SERVER_URL: world.server.adminUrl,
        TENANTS_DATABASE_URL: world.tenantsUrl,
        NATS_URL: 'nats://127.0.0.1:1',
        LEASE_MS: `${moverLeaseMs}`,
        ...(death === undefined ? {} : { DEATH: JSON.stringify(death) }),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const gone = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `${code}`)),
  );
  return {
    pid: child.pid,
    async handle(order) {
      const ended = new Promise<string>((resolve) =>
        child.once('message', (message) => resolve((message as Ended).ended)),
      );
      child.send(order);
      return await Promise.race([ended, gone]);
    },
    kill: (signal) => void child.kill(signal),
    async close() {
      if (child.connected) child.disconnect();
      return await gone;
    },
  };
}
