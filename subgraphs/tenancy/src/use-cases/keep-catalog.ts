import type { PublishedPlan, planRetired, productChanged } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import type { KnownPlan } from '../domain/known-plan.ts';
import type { MessageCause, UnitOfWork } from '../domain/ports.ts';

export interface KeepCatalogParts {
  readonly unitOfWork: UnitOfWork;
}

const nothing = { events: [], audit: null } as const;

export const knownPlan = (plan: PublishedPlan): KnownPlan => ({
  planId: plan.planId,
  code: plan.code,
  version: plan.version,
  productId: plan.productId,
  productCode: plan.productCode,
  name: plan.name,
  maxUsers: plan.maxUsers,
  publishedAt: new Date(plan.publishedAt),
  retiredAt: plan.retiredAt === null ? null : new Date(plan.retiredAt),
});

export const keepProduct = (
  { unitOfWork }: KeepCatalogParts,
  cause: MessageCause,
  { productId, code, name, revision }: DataOf<typeof productChanged>,
): Promise<void> =>
  unitOfWork.react(cause, async ({ catalog }) => {
    await catalog.keepProduct({ productId, code, name, revision });
    return nothing;
  });

export const keepPlan = (
  { unitOfWork }: KeepCatalogParts,
  cause: MessageCause,
  plan: PublishedPlan,
): Promise<void> =>
  unitOfWork.react(cause, async ({ catalog }) => {
    await catalog.keepPlan(knownPlan(plan));
    return nothing;
  });

export const retirePlan = (
  { unitOfWork }: KeepCatalogParts,
  cause: MessageCause,
  { code, retiredAt }: DataOf<typeof planRetired>,
): Promise<void> =>
  unitOfWork.react(cause, async ({ catalog }) => {
    await catalog.retirePlan(code, new Date(retiredAt));
    return nothing;
  });
