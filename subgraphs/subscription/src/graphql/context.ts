import type { Cause } from '@farutech/kernel/request';
import type { Reach } from '@farutech/kernel/viewer';
import type { AuditsRefusals, RequestBase } from '@farutech/subgraph/request-context';
import type { Digest } from '../domain/answer-version.ts';
import type { PreviewPlan } from '../persistence/queries/plan-preview.ts';
import type { PlanSubscriptionList } from '../persistence/queries/plan-subscription-list.ts';
import type { SubscriptionLoaders } from '../persistence/queries/subscription-loaders.ts';
import type { SubscriptionChangeParts } from '../use-cases/subscription-change-parts.ts';

export interface SubscriptionContext extends RequestBase, AuditsRefusals {
  readonly reach: Reach;
  readonly loaders: SubscriptionLoaders;
  readonly list: PlanSubscriptionList;
  readonly previewPlan: PreviewPlan;
  readonly parts: SubscriptionChangeParts;
  readonly digest: Digest;
}

export const causeOf = ({ viewer, correlationId, traceparent }: RequestBase): Cause => ({
  actor: viewer.sub,
  correlationId,
  ...(traceparent !== undefined && { traceparent }),
});

/** Tras un cambio nada de lo leído antes vale: dos mutaciones de un mismo documento comparten contexto. */
export function forgetReads({ loaders }: SubscriptionContext): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
}
