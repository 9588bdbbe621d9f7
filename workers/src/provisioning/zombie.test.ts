import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { aRequest, openProvisioningWorld, type ProvisioningWorld } from '../testing/provisioning-world.ts';
import { exitOf, stopped, workersOf } from '../testing/worker-process.ts';
import type { Order } from './job.ts';

vi.setConfig({ testTimeout: 120_000, maxConcurrency: 3 });

let world: ProvisioningWorld;
let workers: ReturnType<typeof workersOf>;
beforeAll(async () => {
  world = await openProvisioningWorld();
  workers = workersOf(world);
}, 60_000);
afterAll(async () => {
  workers?.killAll();
  await world?.close();
});

/** Las que tiene en el servidor de los inquilinos quien la reclamó con esa época. */
const sessionsOf = async ({ operationId }: Order, epoch: number): Promise<number> => {
  const name = `op:${operationId}:${epoch}`;
  return (
    (await world.admin.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [name]))
      .rowCount ?? 0
  );
};

// Si un proceso está parado se mira en /proc.
const onLinux = process.platform === 'linux' ? describe.concurrent : describe.skip;

onLinux('Un trabajador se para con SIGSTOP y despierta tarde', () => {
  const cases = [
    ['create-database', 'ENTERPRISE'],
    ['seed-tenant', 'STANDARD'],
    ['publish-subdomain', 'STANDARD'],
  ] as const;

  it.each(cases)('en %s (%s) cuando otro ya acabó: no hace ni dice nada', async (step, databaseTier) => {
    const request = aRequest({ databaseTier });
    const zombie = workers.worker(request, `${step}:stop`);
    const gone = exitOf(zombie);
    await eventually(() => expect(stopped(zombie.pid)).toBe(true), { withinMs: 60_000 });
    expect(await sessionsOf(request, 1)).toBeGreaterThan(0);

    await workers.finish(request);
    expect(await sessionsOf(request, 1)).toBe(0);
    zombie.kill('SIGCONT');

    expect(await gone).toBe('0');
    expect(zombie.output).toBe('ended:FencedError\n');
    await workers.expectOneActivation(request);
  });

  it.each(cases)('en %s (%s) cuando otro ya lo deshizo: no deja nada', async (step, databaseTier) => {
    const request = aRequest({ databaseTier });
    const zombie = workers.worker(request, `${step}:stop`);
    const gone = exitOf(zombie);
    await eventually(() => expect(stopped(zombie.pid)).toBe(true), { withinMs: 60_000 });
    expect(await sessionsOf(request, 1)).toBeGreaterThan(0);

    await workers.finish(request, 'activate:permanent');
    expect(await sessionsOf(request, 1)).toBe(0);
    zombie.kill('SIGCONT');

    expect(await gone).toBe('0');
    expect(zombie.output).toBe('ended:FencedError\n');
    await workers.expectNothingLeft(request);
  });
});
