import type { ApiClient } from '@farutech/local/api-client';
import { readPages } from '@farutech/local/read-pages';
import { Refusal } from '../failure.ts';

/** An instance with a database of its own. */
export interface OwnDatabase {
  readonly id: string;
  readonly globalInstanceId: string;
  readonly status: string;
  readonly createdAt: string;
  readonly product: { readonly code: string } | null;
}

const query = `query($first: Int!, $after: String, $filter: TenantInstanceFilter) {
  tenantInstances(first: $first, after: $after, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { id globalInstanceId status createdAt product { code } } }
  }
}`;

const withDatabase = new Set(['ACTIVE', 'SUSPENDED']);

/** Oldest first: the canaries are always the same ones. `only` are ids or global ids; each has to exist. */
export async function ownDatabases(
  api: ApiClient,
  { product, only }: { readonly product?: string | undefined; readonly only?: readonly string[] | undefined },
): Promise<readonly OwnDatabase[]> {
  const { nodes } = await readPages<OwnDatabase>(api, {
    field: 'tenantInstances',
    query,
    variables: {
      filter: { databaseTier: 'ENTERPRISE', ...(product !== undefined && { productCode: product }) },
    },
    limit: Number.MAX_SAFE_INTEGER,
  });
  const running = nodes.filter(({ status }) => withDatabase.has(status)).toReversed();
  if (only === undefined) return running;
  const isNamed = (name: string, { id, globalInstanceId }: OwnDatabase): boolean =>
    name === id || name === globalInstanceId;
  const absent = only.filter((name) => !running.some((tenant) => isNamed(name, tenant)));
  if (absent.length > 0) {
    throw new Refusal('NOT_FOUND', `No running instance with a database of its own is ${absent.join(', ')}.`);
  }
  return running.filter((tenant) => only.some((name) => isNamed(name, tenant)));
}
