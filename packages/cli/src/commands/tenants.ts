import { isUuid } from '@farutech/kernel/ids';
import type { ApiClient } from '@farutech/local/api-client';
import { readPages } from '@farutech/local/read-pages';
import { type Noun, verb } from '../command.ts';
import { Refusal } from '../failure.ts';
import { counted, table } from '../table.ts';
import { drift } from '../tenants/drift.ts';
import { migrate } from '../tenants/migrate.ts';

interface Tenant {
  readonly id: string;
  readonly globalInstanceId: string;
  readonly instanceCode: string;
  readonly status: string;
  readonly databaseTier: string;
  readonly createdAt: string;
  readonly customer: { readonly id: string; readonly legalName: string };
  readonly product: { readonly code: string } | null;
}

const query = `query($first: Int!, $after: String, $filter: TenantInstanceFilter) {
  tenantInstances(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id globalInstanceId instanceCode status databaseTier createdAt
      customer { id legalName } product { code }
    } }
  }
}`;

const statuses = ['PROVISIONING', 'ACTIVE', 'FAILED', 'SUSPENDED', 'DECOMMISSIONED'] as const;
const tiers = ['STANDARD', 'ENTERPRISE'] as const;
const defaultLimit = 200;

/** Su id, o lo que basta para dar con uno solo. */
async function customerIdOf(api: ApiClient, named: string): Promise<string> {
  if (isUuid(named)) return named;
  const { nodes } = await readPages<{ id: string; legalName: string }>(api, {
    field: 'customers',
    query: `query($first: Int!, $after: String, $search: String) {
      customers(first: $first, after: $after, search: $search) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { id legalName } }
      }
    }`,
    variables: { search: named },
    limit: 10,
  });
  const [only, ...others] = nodes;
  if (only === undefined) throw new Refusal('NOT_FOUND', `No customer is called ${named}.`);
  if (others.length === 0) return only.id;
  const found = nodes.map(({ id, legalName }) => `  ${id}  ${legalName}`);
  throw new Refusal('AMBIGUOUS', [`More than one customer is called ${named}:`, ...found].join('\n'));
}

const ls = verb({
  name: 'ls',
  summary: 'lists the instances, newest first',
  words: [],
  options: {
    customer: { kind: 'text', value: 'id or text', help: 'whose; an id, or a part of the name, or a tax id' },
    product: { kind: 'text', value: 'code', help: 'of one product' },
    status: { kind: 'text', value: 'status', help: 'in one state', oneOf: statuses },
    tier: { kind: 'text', value: 'tier', help: 'in one database tier', oneOf: tiers },
    limit: { kind: 'count', value: 'n', help: `how many at most; ${defaultLimit} by default` },
  },
  examples: [
    { command: 'tenants ls --status FAILED', means: 'those that could not be made' },
    {
      command: "tenants ls --customer 'Grupo Éxito' --tier ENTERPRISE",
      means: 'one customer’s own databases',
    },
    { command: 'tenants ls --product FARUTECH_VET --json', means: 'all of one product, for a program' },
  ],
  async run({ options, place }) {
    const api = place.api();
    const customerId = options.customer === undefined ? undefined : await customerIdOf(api, options.customer);
    const filter = {
      ...(customerId !== undefined && { customerId }),
      ...(options.product !== undefined && { productCode: options.product }),
      ...(options.status !== undefined && { status: options.status }),
      ...(options.tier !== undefined && { databaseTier: options.tier }),
    };
    const { nodes, total } = await readPages<Tenant>(api, {
      field: 'tenantInstances',
      query,
      variables: { filter },
      limit: options.limit ?? defaultLimit,
    });
    const rows = nodes.map((tenant) => [
      tenant.id,
      tenant.instanceCode,
      tenant.customer.legalName,
      tenant.product?.code ?? '·',
      tenant.databaseTier,
      tenant.status,
      tenant.createdAt.slice(0, 16).replace('T', ' '),
    ]);
    return {
      text: [
        table(['id', 'code', 'customer', 'product', 'tier', 'status', 'created (utc)'], rows),
        `${counted(nodes.length, 'instance')} of ${total}`,
      ].join('\n'),
      data: { tenants: nodes, total },
    };
  },
});

export const tenants: Noun = {
  name: 'tenants',
  summary: 'the instances of products that run',
  verbs: [ls, drift, migrate],
};
