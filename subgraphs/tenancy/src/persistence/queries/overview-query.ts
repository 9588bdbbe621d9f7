import type { PrismaClient } from '@farutech/prisma/tenancy';
import type { InstanceView } from './views.ts';

export interface OverviewView {
  readonly instances: readonly { readonly status: InstanceView['status']; readonly count: number }[];
  readonly customers: number;
  readonly openDeadLetters: number;
  readonly operationsRunning: number;
  readonly operationsFailed: number;
}

/** Para quien trabaja en Farutech, que lo ve todo: no lleva alcance. Cada estado se cuenta, también a 0. */
export async function readOverview(db: PrismaClient): Promise<OverviewView> {
  const [instances, [totals]] = await Promise.all([
    db.$queryRaw<OverviewView['instances'][number][]>`
      SELECT one.status::text AS status, count(i.id)::int AS count
      FROM unnest(enum_range(NULL::tenant_instance_status)) AS one (status)
      LEFT JOIN tenant_instance i ON i.status = one.status
      GROUP BY one.status ORDER BY one.status`,
    db.$queryRaw<Omit<OverviewView, 'instances'>[]>`
      SELECT
        (SELECT count(*)::int FROM customer WHERE erased_at IS NULL) AS customers,
        (SELECT count(*)::int FROM dead_letter WHERE replayed_at IS NULL AND discarded_at IS NULL) AS "openDeadLetters",
        count(*) FILTER (WHERE state IN ('SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING'))::int
          AS "operationsRunning",
        count(*) FILTER (WHERE state IN ('FAILED', 'COMPENSATED'))::int AS "operationsFailed"
      FROM operation WHERE state <> 'SUCCEEDED'`,
  ]);
  if (totals === undefined) throw new TypeError('un recuento sin GROUP BY da siempre una fila');
  return { instances, ...totals };
}
