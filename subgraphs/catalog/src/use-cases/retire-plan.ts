import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { PlanCode } from '../domain/catalog-code.ts';
import { type PlanVersion, retirement } from '../domain/plan.ts';
import type { Stores } from '../domain/ports.ts';
import type { ChangeParts } from './change-parts.ts';

export interface RetirePlanInput {
  readonly code: PlanCode;
}

/**
 * Deja de venderse; lo vendido sigue como estaba. La mutación no lleva clave de idempotencia: quien la repite recibe
 * lo mismo, y nada se cuenta dos veces.
 */
export async function retirePlan(
  { unitOfWork, clock }: Pick<ChangeParts, 'unitOfWork' | 'clock'>,
  cause: Cause,
  { code }: RetirePlanInput,
): Promise<PlanVersion> {
  return await unitOfWork(cause, async (stores) => {
    const newest = await takeNewest(stores, code);
    if (newest === undefined) throw notFound('code');
    if (newest.retiredAt !== null) return { result: newest, events: [], audit: null };

    const retired = { ...newest, retiredAt: clock() };
    await stores.plans.retire(code, retired.retiredAt);
    return {
      result: retired,
      events: [retirement(retired, retired.retiredAt)],
      audit: {
        action: 'retirePlan',
        entityType: 'Plan',
        entityId: retired.id,
        outcome: 'ACCEPTED',
        detail: { product: retired.productCode, plan: code, version: retired.version },
      },
    };
  });
}

/** El producto primero, como quien publica y quien aplica un manifiesto: en otro orden se abrazarían. */
async function takeNewest({ products, plans }: Stores, code: PlanCode): Promise<PlanVersion | undefined> {
  const productId = await plans.productOf(code);
  if (productId === null) return undefined;
  await products.takeById(productId);
  return (await plans.takeNewest([code])).get(code);
}
