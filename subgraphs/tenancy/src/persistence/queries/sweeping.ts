import type { PrismaClient } from '@farutech/prisma/tenancy';

interface Swept {
  readonly id: string;
  readonly correlationId: string;
}

/** En una pasada; lo que quede, a la siguiente. */
const batch = 500;

/** Lo que mira el reloj de tenancy. El comentario de cada una dice, en el registro de PostgreSQL, quién pregunta. */
export const sweepingQueries = (db: PrismaClient) => ({
  /**
   * Con algo suyo aún en el buzón no se llama a nadie: quien no contesta es NATS, y veinte llamadas sin enviar no
   * dicen nada del trabajador.
   */
  findStalled: (before: Date): Promise<readonly Swept[]> => db.$queryRaw<Swept[]>`
    /* schedule: sweep */ SELECT o.id, o.correlation_id AS "correlationId" FROM operation o
    WHERE o.state IN ('SCHEDULED', 'RUNNING', 'COMPENSATING') AND o.moved_at <= ${before}
      AND (o.rung_at IS NULL OR o.rung_at <= ${before}) AND o.tenant_instance_id::text NOT IN (
        SELECT b.aggregate_id FROM outbox b WHERE b.sent_at IS NULL)
    ORDER BY o.moved_at LIMIT ${batch}`,

  /** Cada vez se espera un poco más, hasta una hora entre dos: la espera es `before` tantas veces como se llamó. */
  findUnheard: (before: Date, now: Date): Promise<readonly Swept[]> => db.$queryRaw<Swept[]>`
    /* schedule: sweep */ SELECT o.id, o.correlation_id AS "correlationId"
    FROM tenant_instance i JOIN operation o ON o.tenant_instance_id = i.id
    WHERE i.status = 'PROVISIONING' AND i.provisioned_at <= ${before} AND i.subscription_activated_at IS NULL
      AND o.kind = 'PROVISION' AND o.state = 'SUCCEEDED'
      AND (o.rung_at IS NULL OR o.rung_at <= ${now}::timestamptz
        - LEAST((${now}::timestamptz - ${before}::timestamptz) * (o.rung + 1), interval '1 hour'))
      AND i.id::text NOT IN (SELECT b.aggregate_id FROM outbox b WHERE b.sent_at IS NULL)
    ORDER BY i.provisioned_at LIMIT ${batch}`,

  findDue: (at: Date): Promise<readonly Swept[]> => db.$queryRaw<Swept[]>`
    /* schedule: confirm-moves */ SELECT id, correlation_id AS "correlationId" FROM operation
    WHERE state = 'AWAITING_CONFIRMATION' AND confirm_by <= ${at} ORDER BY confirm_by LIMIT ${batch}`,
});
