import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProvisioningWorld } from '../../../testing/provisioning-world.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** En qué sentencia cae quien mueve. */
export interface Death {
  readonly sql: string;
  readonly when: 'before' | 'after';
  /** No en ella, sino en la confirmación que la sigue. */
  readonly commit?: boolean;
  /** La vez que hace, desde 1. */
  readonly nth?: number;
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
}

export const moverLeaseMs = 600;

export type MoverProcess = ChildProcess & { readonly output: string };

/** Un trabajador en un proceso que se puede matar y parar. */
export function startMover(
  world: ProvisioningWorld,
  order: 'MoveTenantTier' | 'ConfirmTenantMove' | 'RevertTenantMove',
  data: object,
  death: Death,
): MoverProcess {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', `${root}workers/src/provisioning/move/testing/move-once.ts`],
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
        ORDER: order,
        REQUEST: JSON.stringify(data),
        DEATH: JSON.stringify(death),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const watched = Object.assign(child, { output: '' });
  child.stdout?.on('data', (chunk) => {
    watched.output += String(chunk);
  });
  return watched;
}
