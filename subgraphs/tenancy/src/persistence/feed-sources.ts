import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { LiveSource } from '@farutech/messaging/live-source';
import type { StatusEntry } from '../domain/tenant-instance.ts';
import type { TenancyPrisma } from './open-prisma.ts';

/** Una entrada del flujo de todos los cambios: su versión es el número que dio el repetidor. */
export interface ChangeEntry {
  readonly version: number;
  readonly status: StatusEntry;
}

/** La única clave del flujo de todos los cambios. */
export type AllChanges = 'all';

interface Bounds {
  readonly oldest: number | null;
  readonly newest: number | null;
}

const parseEntry = (payload: unknown): StatusEntry => tenantInstanceStatusChanged.schema.parse(payload);

/** La historia de una instancia. */
export const statusSource = (prisma: TenancyPrisma): LiveSource<string, StatusEntry> => ({
  async kept(instanceId) {
    const [row] = await prisma.$queryRaw<Bounds[]>`
      SELECT min(version)::int AS oldest, max(version)::int AS newest FROM feed WHERE instance_id = ${instanceId}::uuid`;
    if (row?.oldest == null || row.newest === null) return null;
    return { oldest: row.oldest, newest: row.newest };
  },
  async read(instanceId, version, limit) {
    const rows = await prisma.feed.findMany({
      where: { instanceId, version: { gt: version } },
      orderBy: { version: 'asc' },
      take: limit,
      select: { payload: true },
    });
    return rows.map(({ payload }) => parseEntry(payload));
  },
  async heads(instanceIds) {
    const rows = await prisma.$queryRaw<{ id: string; newest: number }[]>`
      SELECT instance_id AS id, max(version)::int AS newest FROM feed
      WHERE instance_id = ANY(${[...instanceIds]}::uuid[]) GROUP BY instance_id`;
    return new Map(rows.map(({ id, newest }) => [id, newest]));
  },
});

/** Cada cambio de estado de cada instancia, en el orden de sus números. */
export const changesSource = (prisma: TenancyPrisma): LiveSource<AllChanges, ChangeEntry> => {
  async function bounds(): Promise<{ oldest: number; newest: number }> {
    const [row] = await prisma.$queryRaw<Bounds[]>`
      SELECT min(change_no)::float8 AS oldest, max(change_no)::float8 AS newest FROM feed`;
    return { oldest: row?.oldest ?? 1, newest: row?.newest ?? 0 };
  }

  return {
    kept: bounds,
    async read(_key, version, limit) {
      const rows = await prisma.feed.findMany({
        where: { changeNo: { gt: version } },
        orderBy: { changeNo: 'asc' },
        take: limit,
        select: { changeNo: true, payload: true },
      });
      return rows.map(({ changeNo, payload }) => ({
        version: Number(changeNo),
        status: parseEntry(payload),
      }));
    },
    async heads() {
      return new Map([['all', (await bounds()).newest]]);
    },
  };
};
