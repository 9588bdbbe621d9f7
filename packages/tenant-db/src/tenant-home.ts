import type { Secret } from '@farutech/kernel/secret';

/** What everybody calls the shared database of the Standard tier. */
export const sharedDatabaseId = 'shared';

/** One database in which a tenant's data can be. */
export type TenantPlace =
  | { readonly databaseId: typeof sharedDatabaseId; readonly databaseTier: 'STANDARD' }
  | {
      /** The name of the tenant's own database. */
      readonly databaseId: string;
      readonly databaseTier: 'ENTERPRISE';
      readonly connectionString: Secret;
    };

/**
 * Where the data of a tenant lives: the shared database, or one of its own. It routes and does not protect: the
 * tenant's gate in each database has the last word.
 */
export type TenantHome = TenantPlace & {
  /** While a move is on: where it leads, and after its switch where the tenant came from. */
  readonly other: TenantPlace | null;
};

/** Whoever knows the homes says where these tenants live. A tenant that is missing in the answer has none yet. */
export type FindHomes = (tenantIds: readonly string[]) => Promise<ReadonlyMap<string, TenantHome>>;
