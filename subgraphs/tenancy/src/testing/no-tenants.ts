import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';

/** Para pruebas en las que ningún inquilino tiene casa todavía. */
export const noTenants: Pick<TenantDatabases, 'readTenants'> = { readTenants: async () => [] };
