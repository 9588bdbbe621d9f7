import type { Clock } from '@farutech/kernel/clock';
import { PermanentError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import type { TenancyPrisma } from './open-prisma.ts';
import type { TenantWrites } from './tenant-writes.ts';

/** Más de lo que puede durar una transacción de inquilino: lo más joven está en manos de su petición. */
const orphanAfterMs = 30_000;
const everyMs = 15_000;
const batch = 50;

interface Orphan {
  readonly id: string;
  readonly tenantInstanceId: string;
  readonly databaseId: string;
  readonly transactionId: string;
  readonly instance: { readonly status: string };
}

export interface SettlingParts {
  readonly prisma: TenancyPrisma;
  readonly tenants: TenantDatabases;
  readonly writes: TenantWrites;
  readonly clock: Clock;
  onError(error: unknown): void;
}

type Fate = 'committed' | 'aborted' | 'in progress' | null;

/** A esa base ya no se le puede preguntar: el traslado se decidió, o la instancia se dio de baja. */
function isGone(error: unknown, { instance }: Orphan): boolean {
  if (!(error instanceof PermanentError)) return false;
  return (
    error.code === 'TENANT_NOT_THERE' ||
    (error.code === 'TENANT_WITHOUT_HOME' && instance.status === 'DECOMMISSIONED')
  );
}

/** Se le pregunta a la base en que se hizo, aunque el inquilino viva ya en otra. */
async function fateOf(tenants: TenantDatabases, orphan: Orphan): Promise<Fate> {
  const { tenantInstanceId, databaseId, transactionId } = orphan;
  try {
    return await tenants.withTenantAt(tenantInstanceId, databaseId, async (tx) => {
      const [row] = await tx.$queryRaw<
        { fate: Fate }[]
      >`SELECT pg_xact_status(${transactionId}::xid8) AS fate`;
      return row?.fate ?? null;
    });
  } catch (error) {
    if (isGone(error, orphan)) return null;
    throw error;
  }
}

/** Pregunta qué fue de los cambios anunciados cuyo proceso murió. Devuelve de cuántos se supo. */
export async function settleTenantWrites(parts: SettlingParts): Promise<number> {
  const { prisma, tenants, writes, clock, onError } = parts;
  const orphans: readonly Orphan[] = await prisma.tenantWrite.findMany({
    where: { at: { lt: new Date(clock().getTime() - orphanAfterMs) } },
    select: {
      id: true,
      tenantInstanceId: true,
      databaseId: true,
      transactionId: true,
      instance: { select: { status: true } },
    },
    orderBy: { at: 'asc' },
    take: batch,
  });
  let settled = 0;
  for (const orphan of orphans) {
    try {
      const fate = await fateOf(tenants, orphan);
      if (fate === 'in progress') continue;
      if (fate === 'aborted') await writes.forget(orphan.id);
      // Nadie se acuerda ya: consta que se intentó, y que no se sabe.
      else await writes.settle(orphan.id, fate === null ? 'OUTCOME_UNKNOWN' : undefined);
      settled += 1;
    } catch (error) {
      // Su base no contesta: los demás no esperan por ella.
      onError(error);
    }
  }
  return settled;
}

/** Lo mismo cada 15 s, hasta que se cierra. */
export function startSettling(parts: SettlingParts): { close(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await settleTenantWrites(parts).catch(parts.onError);
      await pause(everyMs, stopping.signal);
    }
  })();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
