import { operationSteps } from '@farutech/contracts/provisioning';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { proving } from '../../../tests/support/proof.ts';
import { aRequest, openProvisioningWorld, type ProvisioningWorld } from '../testing/provisioning-world.ts';
import { exitOf, workersOf } from '../testing/worker-process.ts';

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

const points = ['crash-before', 'crash', 'crash-after'] as const;
const tiers = ['ENTERPRISE', 'STANDARD'] as const;
const all = operationSteps.PROVISION.flatMap((step) =>
  points.flatMap((point) => tiers.map((tier) => [step, point, tier] as const)),
);
/** De la prueba entera, los bordes de lo que más cuesta: lo hecho y no dicho en cada paso ya muere en una pila entera. */
const sample: readonly string[] = [
  'create-database crash-before ENTERPRISE',
  'create-database crash-after ENTERPRISE',
  'seed-tenant crash STANDARD',
  'activate crash-after STANDARD',
];
const deaths = all.filter((one) => proving || sample.includes(one.join(' ')));

describe.concurrent('Un trabajador muere con kill -9', () => {
  it.each(deaths)(
    'en %s (%s, %s): otro acaba, con una base y una activación',
    async (step, point, databaseTier) => {
      const request = aRequest({ databaseTier });

      expect(await exitOf(workers.worker(request, `${step}:${point}`))).toBe('SIGKILL');
      await workers.finish(request);

      await workers.expectOneActivation(request);
      const last = step === 'activate' && point === 'crash-after';
      expect(await world.jobOf(request.operationId)).toMatchObject({
        state: 'SUCCEEDED',
        failures: 0,
        epoch: last ? 1 : 2,
      });
    },
  );

  it.each([
    ['create-database', 'crash-undo'],
    ['create-database', 'crash-undone'],
    ['reserve', 'crash-undone'],
  ])('deshaciendo %s (%s): otro termina de deshacer', async (step, point) => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });

    expect(await exitOf(workers.worker(request, `publish-subdomain:permanent,${step}:${point}`))).toBe(
      'SIGKILL',
    );
    await workers.finish(request);

    await workers.expectNothingLeft(request);
  });
});
