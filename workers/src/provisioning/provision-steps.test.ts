import { operationSteps } from '@farutech/contracts/provisioning';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  openProvisioningWorld,
  type ProvisioningWorld,
} from '../testing/provisioning-world.ts';
import type { Claim, Order } from './job.ts';
import { openRun } from './open-run.ts';
import { plans } from './plans.ts';
import { ownershipOf } from './run-operation.ts';
import type { OperationRun } from './step.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
afterAll(async () => {
  await world?.close();
});

async function withRun(input: Order, work: (run: OperationRun) => Promise<void>): Promise<void> {
  const engine = world.engine({ leaseMs: 60_000 });
  await engine.journal.open('PROVISION', input);
  const outcome = await engine.journal.claim(input.operationId, {
    actor: 'consumer:provisioning',
    ...aDelivery(),
  });
  const claim = (outcome as { claim: Claim }).claim;
  const { run, closeAll } = openRun(engine.surroundings, ownershipOf(engine.journal, claim), claim);
  try {
    await work(run);
  } finally {
    await closeAll();
  }
}

const { steps } = plans.PROVISION;
const tiers = ['STANDARD', 'ENTERPRISE'] as const;
const acting = (tier: string) =>
  steps
    .filter(({ name }) => name !== 'register-namespace' && name !== 'activate')
    .filter(({ name }) => tier === 'ENTERPRISE' || name !== 'create-database');

describe('Los pasos de PROVISION', () => {
  it('son los del contrato, en su orden', () => {
    expect(steps.map(({ name }) => name)).toEqual([...operationSteps.PROVISION]);
  });

  it.each(tiers)('hechos dos veces (%s) dejan lo mismo que una', async (databaseTier) => {
    const input = aRequest({ databaseTier });
    await withRun(input, async (run) => {
      for (const step of acting(databaseTier)) await step.act(run);
      const once = await world.traces(input.instanceId);
      for (const step of acting(databaseTier)) {
        await step.act(run);
        expect(await step.observe(run), step.name).toBe('done');
      }

      expect(await world.traces(input.instanceId)).toEqual(once);
      expect(await steps.at(-1)?.observe(run)).toBe('done');
    });
  });

  it.each(tiers)(
    'deshechos dos veces (%s), también sin haberlos hecho, no dejan nada',
    async (databaseTier) => {
      const input = aRequest({ databaseTier });
      await withRun(input, async (run) => {
        for (const step of steps.toReversed()) await step.undo(run);
        for (const step of acting(databaseTier)) await step.act(run);
        for (const _round of [1, 2]) for (const step of steps.toReversed()) await step.undo(run);

        expect(Object.values(await world.traces(input.instanceId)).every((count) => count === 0)).toBe(true);
        expect(await steps[0]?.observe(run)).toBe('missing');
      });
    },
  );

  it('una reserva soltada se toma de nuevo con otra contraseña; una viva no se toca', async () => {
    const input = aRequest({ databaseTier: 'ENTERPRISE' });
    const cipherOf = async () =>
      (
        await world.pool.query('SELECT connection_cipher AS c FROM tenant_database WHERE instance_id = $1', [
          input.instanceId,
        ])
      ).rows[0].c;
    await withRun(input, async (run) => {
      const [reserve] = steps;
      await reserve?.act(run);
      const first = await cipherOf();
      await reserve?.act(run);
      expect(await cipherOf()).toBe(first);

      await reserve?.undo(run);
      expect(await cipherOf()).toBeNull();
      await reserve?.act(run);
      expect(await cipherOf()).not.toBe(first);
    });
  });

  it('una cadena de conexión que nombra un servidor fuera de la lista no vale', async () => {
    const input = aRequest({ databaseTier: 'ENTERPRISE' });
    await withRun(input, async (run) => {
      await steps[0]?.act(run);
      const moved = { ...run, tenantHosts: ['otro.farutech.test:5432'] };

      await expect(steps[1]?.act(moved)).rejects.toMatchObject({ code: 'HOST_NOT_ALLOWED' });
    });
  });

  it('la contraseña de un rol no viaja en ninguna sentencia', async () => {
    const input = aRequest({ databaseTier: 'ENTERPRISE' });
    const seen: string[] = [];
    await withRun(input, async (run) => {
      const server = await run.server();
      const query = server.query.bind(server);
      server.query = ((...given: Parameters<typeof query>) => {
        seen.push(JSON.stringify(given));
        return query(...given);
      }) as typeof server.query;
      await steps[0]?.act(run);
      await steps[1]?.act(run);
      const { rows } = await world.pool.query(
        'SELECT connection_cipher AS c FROM tenant_database WHERE instance_id = $1',
        [input.instanceId],
      );
      const owner = `TenantInstance:${input.instanceId}:connectionString`;
      const { password } = new URL(world.cipher.decrypt(rows[0].c, owner).reveal());

      expect(seen.join()).toContain('SCRAM-SHA-256');
      expect(password.length).toBeGreaterThan(30);
      expect(seen.join()).not.toContain(password);
    });
  });
});
