import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { NewId } from '@farutech/kernel/ids';
import type { PrismaClient } from '@farutech/prisma/identity';
import type { ApiClient } from '../api-client.ts';
import { LaunchError } from '../launch-error.ts';
import { readPages } from '../read-pages.ts';
import { demoAccounts, saveAccounts } from './accounts.ts';
import { demoCustomers } from './customers.ts';

const provisionLimitMs = 60_000;
const soldProducts = ['farutech-vet', 'farutech-erp', 'farutech-crm'];

interface DemoParts {
  readonly api: ApiClient;
  readonly identity: PrismaClient;
  readonly newId: NewId;
  readonly productsDir: string;
}

interface Instance {
  readonly status: string;
}

/**
 * Vende y aprovisiona la demostración por la API pública. Correrla dos veces no cambia nada: los manifiestos
 * son idempotentes, y lo que ya está se reconoce por el documento fiscal y el código de la instancia.
 */
export async function loadDemo(parts: DemoParts): Promise<string> {
  for (const product of soldProducts) {
    const manifest: unknown = JSON.parse(
      await readFile(`${parts.productsDir}/${product}/product.json`, 'utf8'),
    );
    await parts.api.request(
      'mutation($manifest: JSON!) { applyProductManifest(manifest: $manifest) { applied } }',
      { manifest },
    );
  }
  const customerIds = new Map<string, string>();
  const instanceIds: string[] = [];
  for (const { instances, ...customer } of demoCustomers) {
    const customerId = await findOrRegister(parts.api, customer);
    customerIds.set(customer.legalName, customerId);
    for (const instance of instances) {
      instanceIds.push(await findOrProvision(parts.api, { customerId, ...instance }));
    }
  }
  await saveAccounts(parts.identity, parts.newId, demoAccounts, customerIds);
  const active = await untilSettled(parts.api, instanceIds);
  return `${soldProducts.length} products, ${customerIds.size} customers, ${instanceIds.length} instances, ${active} of them ACTIVE`;
}

async function findOrRegister(
  api: ApiClient,
  input: { legalName: string; country: string; taxId: string; billingEmail: string },
): Promise<string> {
  const { customers } = await api.request<{
    customers: { edges: { node: { id: string; country: string } }[] };
  }>('query($search: String!) { customers(first: 5, search: $search) { edges { node { id country } } } }', {
    search: input.taxId,
  });
  const known = customers.edges.find(({ node }) => node.country === input.country);
  if (known) return known.node.id;
  const { registerCustomer } = await api.request<{ registerCustomer: { id: string } }>(
    'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }',
    { input },
  );
  return registerCustomer.id;
}

async function findOrProvision(
  api: ApiClient,
  input: {
    customerId: string;
    instanceCode: string;
    productCode: string;
    planCode: string;
    databaseTier: string;
  },
): Promise<string> {
  const { nodes } = await readPages<{ id: string; instanceCode: string }>(api, {
    field: 'tenantInstances',
    query: `query($first: Int!, $after: String, $customerId: ID!) {
      tenantInstances(first: $first, after: $after, filter: { customerId: $customerId }) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { id instanceCode } }
      }
    }`,
    variables: { customerId: input.customerId },
    limit: Number.POSITIVE_INFINITY,
  });
  const known = nodes.find(({ instanceCode }) => instanceCode === input.instanceCode);
  if (known) return known.id;
  const { provisionTenantInstance } = await api.request<{ provisionTenantInstance: { id: string } }>(
    'mutation($input: ProvisionTenantInstanceInput!) { provisionTenantInstance(input: $input) { id } }',
    { input },
  );
  return provisionTenantInstance.id;
}

/** Espera a que todas hayan acabado de nacer y dice cuántas están ACTIVE. */
async function untilSettled(api: ApiClient, ids: readonly string[]): Promise<number> {
  const deadline = Date.now() + provisionLimitMs;
  // Por su id: la pila puede tener ya miles de otras.
  const statusOfEach = `{ ${ids.map((id, n) => `i${n}: tenantInstance(id: "${id}") { status }`).join(' ')} }`;
  for (;;) {
    const instances = await api.request<Record<string, Instance | null>>(statusOfEach);
    const statuses = Object.values(instances).map((one) => one?.status);
    if (!statuses.includes('PROVISIONING')) return statuses.filter((status) => status === 'ACTIVE').length;
    if (Date.now() > deadline) {
      throw new LaunchError(
        'the demo instances are still PROVISIONING; look at the log of worker-provisioning',
      );
    }
    await wait(100);
  }
}
