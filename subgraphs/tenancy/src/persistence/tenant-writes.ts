import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { writeAudit } from '@farutech/messaging/audit';
import type { AuditLine } from '../domain/ports.ts';
import { instanceNotFound } from '../domain/tenant-desk.ts';
import { TenantInstance, type TenantInstanceState } from '../domain/tenant-instance.ts';
import type { TenancyPrisma } from './open-prisma.ts';

interface Announced {
  readonly id: string;
  readonly instanceId: string;
  /** En qué base se está haciendo: el número solo significa algo allí. */
  readonly databaseId: string;
  readonly transactionId: string;
  readonly cause: Cause;
  readonly audit: Omit<AuditLine, 'outcome' | 'code'>;
}

interface Written {
  readonly actor: string;
  readonly correlationId: string;
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

export interface TenantWrites {
  instance(id: string): Promise<TenantInstanceState>;
  /** Antes de que la transacción del inquilino se confirme. La instancia, sujeta, se vuelve a mirar. */
  announce(write: Announced, admit: (instance: TenantInstanceState) => void): Promise<void>;
  /** Allí se confirmó: la línea de auditoría ocupa el sitio del anuncio. Una vez, lo pida quien lo pida. */
  settle(id: string, code?: string): Promise<void>;
  /** Allí no se confirmó: no pasó nada. */
  forget(id: string): Promise<void>;
}

export function tenantWrites(prisma: TenancyPrisma, newId: NewId, clock: Clock): TenantWrites {
  const find = async (
    db: Pick<TenancyPrisma, 'tenantInstance'>,
    id: string,
  ): Promise<TenantInstanceState> => {
    const row = await db.tenantInstance.findUnique({ where: { id } });
    if (row === null) throw instanceNotFound();
    return TenantInstance.restore(row).snapshot();
  };

  return {
    instance: (id) => find(prisma, id),
    async announce({ id, instanceId, databaseId, transactionId, cause, audit }, admit) {
      await prisma.$transaction(async (tx) => {
        // Compartido: dos cambios no se estorban, y una suspensión a la vez queda antes o después, no en medio.
        await tx.$queryRaw`SELECT 1 FROM tenant_instance WHERE id = ${instanceId}::uuid FOR SHARE`;
        admit(await find(tx, instanceId));
        await tx.$executeRaw`
          INSERT INTO tenant_write (id, tenant_instance_id, database_id, transaction_id, actor, correlation_id, action,
                                    entity_type, entity_id, detail, at)
          VALUES (${id}::uuid, ${instanceId}::uuid, ${databaseId}, ${transactionId}, ${cause.actor},
                  ${cause.correlationId}::uuid, ${audit.action}, ${audit.entityType}, ${audit.entityId}, ${JSON.stringify(audit.detail)}::jsonb,
                  ${clock().toISOString()}::timestamptz)`;
      });
    },
    async settle(id, code) {
      await prisma.$transaction(async (tx) => {
        const [written] = await tx.$queryRaw<Written[]>`
          DELETE FROM tenant_write WHERE id = ${id}::uuid
          RETURNING actor, correlation_id AS "correlationId", action, entity_type AS "entityType",
                    entity_id AS "entityId", detail, at`;
        if (written === undefined) return;
        const { actor, correlationId, at, ...line } = written;
        await writeAudit(
          (sql, params) => tx.$executeRawUnsafe(sql, ...params),
          newId,
          { actor, correlationId },
          at,
          { ...line, outcome: 'ACCEPTED', ...(code !== undefined && { code }) },
        );
      });
    },
    async forget(id) {
      await prisma.tenantWrite.deleteMany({ where: { id } });
    },
  };
}
