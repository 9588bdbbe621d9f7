import type { Clock } from '@farutech/kernel/clock';
import type { Reach } from '@farutech/kernel/viewer';
import { Prisma, type PrismaClient } from '@farutech/prisma/subscription';
import type { SubscriptionStatus } from '../../domain/entitlement.ts';
import { type PlanSubscriptionRow, presentColumns, soldWithin, stateAt } from './present-state.ts';

export interface PlanSubscriptionFilter {
  readonly customerId: string | null;
  readonly planCode: string | null;
  readonly planVersion: number | null;
  readonly status: SubscriptionStatus | null;
  /** Sin incluirlo. */
  readonly expiresBefore: Date | null;
}

/** De la más nueva a la más antigua, después de `after`; se piden `first` + 1 para saber si hay más. */
interface PageRequest {
  readonly first: number;
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
}

export interface PlanSubscriptionList {
  page(page: PageRequest, filter: PlanSubscriptionFilter): Promise<readonly PlanSubscriptionRow[]>;
  count(filter: PlanSubscriptionFilter): Promise<number>;
}

function conditions({ customerId, planCode, planVersion, status, expiresBefore }: PlanSubscriptionFilter) {
  const all = [
    customerId !== null && Prisma.sql`sold.customer_id = ${customerId}::uuid`,
    // PostgreSQL no admite el carácter nulo ni para preguntar: con otro que ningún código tiene se pregunta lo mismo.
    planCode !== null && Prisma.sql`plan.code = ${planCode.replaceAll('\0', '\uFFFF')}`,
    planVersion !== null && Prisma.sql`plan.version = ${planVersion}::int`,
    status !== null && Prisma.sql`state.status = ${status}::subscription_status`,
    expiresBefore !== null && Prisma.sql`state.expires_at < ${expiresBefore.toISOString()}::timestamptz`,
  ];
  return all.filter((one) => one !== false);
}

const behind = ({ after }: PageRequest): Prisma.Sql =>
  after === null
    ? Prisma.sql`TRUE`
    : Prisma.sql`(sold.created_at, sold.id) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;

export function planSubscriptionList(prisma: PrismaClient, reach: Reach, clock: Clock): PlanSubscriptionList {
  const matching = (filter: PlanSubscriptionFilter): Prisma.Sql => Prisma.sql`
    FROM plan_subscription sold JOIN subscription_state state ON ${stateAt(clock())}
    JOIN plan_projection plan ON plan.plan_id = state.plan_id
    WHERE ${Prisma.join([soldWithin(reach), ...conditions(filter)], ' AND ')}`;
  return {
    page: (page, filter) => prisma.$queryRaw<PlanSubscriptionRow[]>`
      SELECT ${presentColumns} ${matching(filter)} AND ${behind(page)}
      ORDER BY sold.created_at DESC, sold.id DESC LIMIT ${page.first + 1}`,
    async count(filter) {
      const [row] = await prisma.$queryRaw<readonly { count: number }[]>`
        SELECT count(*)::int AS count ${matching(filter)}`;
      return row?.count ?? 0;
    },
  };
}
