import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PermanentError } from '@farutech/kernel/errors';
import { expect } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import type { Cluster } from '../provisioning/cluster/cluster.ts';
import { noCluster } from '../provisioning/cluster/no-cluster.ts';
import {
  aDelivery,
  nothing,
  type ProvisioningWorld,
  type ProvisionOrder,
  provision,
  story,
} from './provisioning-world.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const leaseMs = 600;

/** Con qué señal o código acaba. */
export const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `${code}`)));

/** Está parado con SIGSTOP. */
export const stopped = (pid: number | undefined): boolean =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('T') === true;

/** Trabajadores en procesos que se pueden matar y parar, y otro, en este, que acaba lo suyo. */
export function workersOf(
  world: ProvisioningWorld,
  { env = {}, cluster = noCluster }: { readonly env?: NodeJS.ProcessEnv; readonly cluster?: Cluster } = {},
) {
  const children = new Set<ChildProcess>();

  function worker(request: ProvisionOrder, fault: string): ChildProcess & { readonly output: string } {
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import', 'tsx', `${root}workers/src/testing/provision-once.ts`],
      {
        cwd: root,
        env: {
          ...process.env,
          ...env,
          TSX_TSCONFIG_PATH: 'tsconfig.dev.json',
          LOG_LEVEL: 'silent',
          NODE_ENV: 'test',
          DATABASE_URL: world.workersUrl,
          TENANT_SERVER_URL: world.server.adminUrl,
          TENANTS_DATABASE_URL: world.tenantsUrl,
          NATS_URL: 'nats://127.0.0.1:1',
          LEASE_MS: `${leaseMs}`,
          PROVISIONING_FAULT: fault,
          REQUEST: JSON.stringify(request),
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.add(child);
    const watched = Object.assign(child, { output: '' });
    child.stdout?.on('data', (data) => {
      watched.output += String(data);
    });
    return watched;
  }

  /** Otro trabajador, que recibe la orden cuantas veces haga falta. */
  const finish = (request: ProvisionOrder, fault = ''): Promise<void> => {
    const engine = world.engine({ leaseMs, fault, cluster });
    return eventually(
      () =>
        provision(engine, request, aDelivery()).catch((error: unknown) => {
          if (!(error instanceof PermanentError)) throw error;
        }),
      { withinMs: 60_000, everyMs: 50 },
    );
  };

  async function expectOneActivation(request: ProvisionOrder): Promise<void> {
    const facts = await world.factsOf(request.operationId);
    expect(facts.map(({ data }) => data.n)).toEqual(facts.map((_, index) => index + 1));
    expect(story(facts).filter((line) => line === 'TenantInstanceProvisioned')).toHaveLength(1);
    expect(story(facts).at(-1)).toBe('TenantInstanceProvisioned');
    const own = request.databaseTier === 'ENTERPRISE';
    expect(await world.traces(request.instanceId)).toEqual({
      databases: own ? 1 : 0,
      roles: own ? 1 : 0,
      owners: own ? 0 : 1,
      gates: own ? 0 : 1,
      settings: own ? 0 : 2,
      reserved: 1,
      published: 1,
    });
  }

  async function expectNothingLeft(request: ProvisionOrder): Promise<void> {
    const facts = await world.factsOf(request.operationId);
    expect(facts.map(({ data }) => data.n)).toEqual(facts.map((_, index) => index + 1));
    expect(story(facts).at(-1)).toBe('OperationCompensated');
    expect(await world.traces(request.instanceId)).toEqual(nothing);
  }

  /** También el parado: SIGKILL le llega igual. */
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };

  return { worker, finish, expectOneActivation, expectNothingLeft, killAll };
}
