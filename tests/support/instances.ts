import type { Api } from './api.ts';

export interface Provisioned {
  readonly id: string;
  readonly status: string;
}

const byTaxId = 'query($search: String!) { customers(first: 1, search: $search) { edges { node { id } } } }';

/** El cliente de la semilla. */
export async function grupoExito(api: Api): Promise<string> {
  const { customers } = await api.get<{ customers: { edges: { node: { id: string } }[] } }>(byTaxId, {
    search: '890900608-9',
  });
  const id = customers.edges[0]?.node.id;
  if (id === undefined) throw new Error('la demostración no tiene a Grupo Éxito');
  return id;
}

let counter = 0;
/** Un código que ninguna otra prueba usa, también si la pila es compartida. */
export function freshCode(prefix: string): string {
  counter += 1;
  return `${prefix}-${process.pid}-${counter}`;
}

export const provisionMutation =
  'mutation($input: ProvisionTenantInstanceInput!) { provisionTenantInstance(input: $input) { id status } }';

export async function provision(
  api: Api,
  input: {
    customerId: string;
    instanceCode: string;
    productCode?: string;
    planCode?: string;
    idempotencyKey?: string;
    databaseTier?: 'STANDARD' | 'ENTERPRISE';
  },
): Promise<Provisioned> {
  const { provisionTenantInstance } = await api.get<{ provisionTenantInstance: Provisioned }>(
    provisionMutation,
    {
      input: {
        productCode: 'FARUTECH_VET',
        planCode: 'VET_PROFESSIONAL',
        databaseTier: 'STANDARD',
        ...input,
      },
    },
  );
  return provisionTenantInstance;
}

export const statusOf = async (api: Api, id: string): Promise<string> =>
  (
    await api.get<{ tenantInstance: { status: string } }>(
      'query($id: ID!) { tenantInstance(id: $id) { status } }',
      { id },
    )
  ).tenantInstance.status;
