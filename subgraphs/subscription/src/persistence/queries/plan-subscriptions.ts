import type { Clock } from '@farutech/kernel/clock';
import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';
import { Prisma, type PrismaClient } from '@farutech/prisma/subscription';
import DataLoader from 'dataloader';
import { type PlanSubscriptionRow, presentColumns, soldWithin, stateAt } from './present-state.ts';

export type PlanSubscriptionLoader = DataLoader<string, PlanSubscriptionRow | null>;

type Key = 'id' | 'tenantInstanceId';
const columns: Record<Key, Prisma.Sql> = {
  id: Prisma.sql`sold.id`,
  tenantInstanceId: Prisma.sql`sold.tenant_instance_id`,
};

const loader = (prisma: PrismaClient, reach: Reach, clock: Clock, key: Key): PlanSubscriptionLoader =>
  new DataLoader(async (ids) => {
    const rows = await prisma.$queryRaw<PlanSubscriptionRow[]>`
      SELECT ${presentColumns} FROM plan_subscription sold LEFT JOIN subscription_state state ON ${stateAt(clock())}
      WHERE ${columns[key]} = ANY(${ids.filter(isUuid)}::uuid[]) AND ${soldWithin(reach)}`;
    const found = new Map(rows.map((row) => [row[key], row]));
    return ids.map((id) => found.get(id) ?? null);
  });

export const planSubscriptionLoader = (
  prisma: PrismaClient,
  reach: Reach,
  clock: Clock,
): PlanSubscriptionLoader => loader(prisma, reach, clock, 'id');

export const subscriptionOfInstanceLoader = (
  prisma: PrismaClient,
  reach: Reach,
  clock: Clock,
): PlanSubscriptionLoader => loader(prisma, reach, clock, 'tenantInstanceId');
