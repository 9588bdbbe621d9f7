import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import DataLoader from 'dataloader';
import type { SubscriptionIdentity, SubscriptionState } from '../../domain/plan-subscription.ts';
import { reachFilter } from './reach-filter.ts';

export type PlanSubscriptionRow = SubscriptionIdentity & SubscriptionState;
export type PlanSubscriptionLoader = DataLoader<string, PlanSubscriptionRow | null>;

function within(reach: Reach) {
  const { customerId, instanceIds } = reachFilter(reach);
  return {
    ...(customerId !== null && { customerId }),
    ...(instanceIds !== null && { tenantInstanceId: { in: instanceIds } }),
  };
}

const loader = (prisma: PrismaClient, reach: Reach, key: 'id' | 'tenantInstanceId'): PlanSubscriptionLoader =>
  new DataLoader(async (ids) => {
    const rows = await prisma.planSubscription.findMany({
      where: { AND: [{ [key]: { in: ids.filter(isUuid) } }, within(reach)] },
    });
    const found = new Map(rows.map((row) => [row[key], row]));
    return ids.map((id) => found.get(id) ?? null);
  });

export const planSubscriptionLoader = (prisma: PrismaClient, reach: Reach): PlanSubscriptionLoader =>
  loader(prisma, reach, 'id');

export const subscriptionOfInstanceLoader = (prisma: PrismaClient, reach: Reach): PlanSubscriptionLoader =>
  loader(prisma, reach, 'tenantInstanceId');
