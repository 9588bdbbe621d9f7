import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  nothing,
  openProvisioningWorld,
  type ProvisioningWorld,
  provision,
  story,
} from '../testing/provisioning-world.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld({ modest: true });
}, 60_000);
afterAll(async () => {
  await world?.close();
});

describe('Con un administrador que no es superusuario (CREATEDB y CREATEROLE)', () => {
  it.each(['STANDARD', 'ENTERPRISE'] as const)(
    '%s: acaba igual, también si la toma a medias',
    async (databaseTier) => {
      const request = aRequest({ databaseTier });
      const failing = world.engine({ fault: 'create-database:1,seed-tenant:2' });
      for (const attempt of [1, 2]) {
        await provision(failing, request, aDelivery({ attempt })).catch((error) =>
          expect(error.name).toBe('RetryLater'),
        );
      }
      // Lo que dejaría quien murió tras crear el rol y antes de abrirle la base.
      if (databaseTier === 'ENTERPRISE') {
        const name = `t_${request.instanceId.replaceAll('-', '')}`;
        await world.admin.query(`REVOKE CONNECT ON DATABASE ${name} FROM ${name}`);
        await world.pool.query(
          `UPDATE job_step SET state = 'RUNNING' WHERE operation_id = $1 AND name = 'create-database'`,
          [request.operationId],
        );
      }

      await provision(world.engine(), request, aDelivery());

      expect(story(await world.factsOf(request.operationId)).at(-1)).toBe('TenantInstanceProvisioned');
    },
  );

  it.each(['STANDARD', 'ENTERPRISE'] as const)('%s: se deshace sin dejar nada', async (databaseTier) => {
    const request = aRequest({ databaseTier });

    await provision(world.engine({ fault: 'activate:permanent' }), request, aDelivery()).catch((error) =>
      expect(error.code).toBe('FAULT_INJECTED'),
    );

    expect(await world.traces(request.instanceId)).toEqual(nothing);
  });
});
