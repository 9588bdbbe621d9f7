import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

interface Instance {
  readonly settings: readonly { readonly key: string; readonly value: unknown }[];
  readonly users: { readonly totalCount: number; readonly edges: readonly { node: { email: string } }[] };
}

const look = `query($id: ID!) { tenantInstance(id: $id) {
  settings { key value } users { totalCount edges { node { email } } } } }`;

let operator: Api;
beforeAll(async () => {
  operator = await sharedStack().as('operator@farutech.test');
});

describe.each(['STANDARD', 'ENTERPRISE'] as const)(
  'una instancia %s que hizo el trabajador',
  (databaseTier) => {
    let id: string;
    beforeAll(async () => {
      const customerId = await grupoExito(operator);
      ({ id } = await provision(operator, { customerId, instanceCode: freshCode('gente'), databaseTier }));
      await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
    }, 60_000);

    it('nace con sus ajustes, se cambian, y su gente entra y sale', async () => {
      const born = await operator.get<{ tenantInstance: Instance }>(look, { id });
      expect(born.tenantInstance).toEqual({
        settings: [
          { key: 'locale', value: 'es' },
          { key: 'timezone', value: 'America/Bogota' },
        ],
        users: { totalCount: 0, edges: [] },
      });

      await operator.get(
        'mutation($id: ID!, $settings: [TenantSettingInput!]!) { setTenantSettings(instanceId: $id, settings: $settings) { id } }',
        { id, settings: [{ key: 'locale', value: 'en' }] },
      );
      const { addTenantUser } = await operator.get<{ addTenantUser: { id: string } }>(
        'mutation($id: ID!, $input: TenantUserInput!) { addTenantUser(instanceId: $id, input: $input) { id } }',
        { id, input: { email: 'Ana@Norte.test', displayName: 'Ana', role: 'VETERINARIAN' } },
      );

      // El programa de la instancia ve lo mismo que quien la administra.
      const app = await sharedStack().app(id);
      const seen = await app.get<{ tenantInstance: Instance }>(look, { id });
      expect(seen.tenantInstance.settings[0]).toEqual({ key: 'locale', value: 'en' });
      expect(seen.tenantInstance.users).toEqual({
        totalCount: 1,
        edges: [{ node: { email: 'ana@norte.test' } }],
      });
      await operator.get(
        'mutation($id: ID!, $user: ID!) { removeTenantUser(instanceId: $id, userId: $user) { id } }',
        { id, user: addTenantUser.id },
      );
      const after = await operator.get<{ tenantInstance: Instance }>(look, { id });
      expect(after.tenantInstance.users.totalCount).toBe(0);
    });
  },
);
