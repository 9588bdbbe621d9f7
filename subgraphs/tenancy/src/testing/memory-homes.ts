import type { TenantHome, TenantHomeStore } from '../domain/ports.ts';

/** Un cambio anunciado en una base del que aún no consta cómo acabó. */
export interface UnsettledWrite {
  readonly instanceId: string;
  readonly databaseId: string;
}

interface HomeTables {
  homes: TenantHome[];
  readonly writes: readonly UnsettledWrite[];
}

export function memoryHomes(tables: HomeTables): TenantHomeStore {
  const find = (id: string): TenantHome | undefined => tables.homes.find(({ tenantId }) => tenantId === id);
  function keep(home: TenantHome): void {
    tables.homes = [...tables.homes.filter(({ tenantId }) => tenantId !== home.tenantId), home];
  }
  return {
    get: async (id) => find(id) ?? null,
    async put(tenantId, place) {
      keep({ tenantId, ...place, epoch: (find(tenantId)?.epoch ?? 0) + 1, other: null });
    },
    async prepare(tenantId, other) {
      const home = find(tenantId);
      if (home !== undefined) keep({ ...home, other });
    },
    async move(tenantId, place, epoch) {
      const home = find(tenantId);
      if (home === undefined || home.epoch >= epoch) return false;
      const { databaseId, databaseTier, connectionCipher } = home;
      keep({ tenantId, ...place, epoch, other: { databaseId, databaseTier, connectionCipher } });
      return true;
    },
    async forgetOther(tenantId) {
      const home = find(tenantId);
      if (home !== undefined) keep({ ...home, other: null });
    },
    async remove(id) {
      tables.homes = tables.homes.filter(({ tenantId }) => tenantId !== id);
    },
    async otherIsUnsettled(tenantId) {
      const other = find(tenantId)?.other?.databaseId;
      return tables.writes.some((write) => write.instanceId === tenantId && write.databaseId === other);
    },
  };
}
