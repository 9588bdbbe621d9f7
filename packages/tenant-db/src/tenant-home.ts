import type { Secret } from '@farutech/kernel/secret';

/** Where the data of a tenant lives: the shared database, or one of its own. */
export type TenantHome =
  | { readonly databaseTier: 'STANDARD' }
  | { readonly databaseTier: 'ENTERPRISE'; readonly connectionString: Secret };

/** Whoever knows the homes says where these tenants live. A tenant that is missing in the answer has none yet. */
export type FindHomes = (tenantIds: readonly string[]) => Promise<ReadonlyMap<string, TenantHome>>;
