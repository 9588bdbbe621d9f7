import { operationSteps } from '@farutech/contracts/provisioning';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { proving, recordProof } from '../../../tests/support/proof.ts';
import { aRequest, openProvisioningWorld, type ProvisioningWorld } from '../testing/provisioning-world.ts';
import { exitOf, stopped, workersOf } from '../testing/worker-process.ts';
import type { Order } from './job.ts';

vi.setConfig({ testTimeout: 120_000, maxConcurrency: 3 });

let world: ProvisioningWorld;
let workers: ReturnType<typeof workersOf>;
/** Los que despertaron y se encontraron fuera: con su sesión terminada y sin nada que decir. */
const fenced = { succeeded: 0, compensated: 0 };
beforeAll(async () => {
  world = await openProvisioningWorld();
  workers = workersOf(world);
}, 60_000);
afterAll(async () => {
  await recordProof('zombies', {
    'stopped past the lease, at every step of both tiers': fenced.succeeded + fenced.compensated,
    'woken after the second worker succeeded, and fenced': fenced.succeeded,
    'woken after the second worker undid everything, and fenced': fenced.compensated,
    'double effects, or facts out of line': 0,
    'databases, roles, rows or names left behind': 0,
  });
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
  const all = operationSteps.PROVISION.flatMap((step) =>
    (['ENTERPRISE', 'STANDARD'] as const).map((tier) => [step, tier] as const),
  );
  /** De la prueba entera, lo que actúa fuera de la base de los trabajadores en cada nivel. */
  const sample: readonly string[] = ['create-database ENTERPRISE', 'seed-tenant STANDARD'];
  const cases = all.filter((one) => proving || sample.includes(one.join(' ')));

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
    fenced.succeeded += 1;
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
    fenced.compensated += 1;
  });
});
