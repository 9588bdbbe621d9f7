import type { DueChange } from '../domain/ports.ts';
import { cancelled, expired, planChanged, toldOnce } from '../domain/subscription-facts.ts';
import { subjectOf } from './subject-of.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

const actor = 'clock:subscription';
/** Del inicio no se cuenta nada: lo que se enciende lo dice la regla. */
const factOf = { PLAN: planChanged, CANCELLATION: cancelled, EXPIRY: expired, START: null };

/** No se pudo dar por hecho, y se sabe cuál: los demás no tienen por qué esperar. */
export class UnsettledChange extends Error {
  override readonly name = 'UnsettledChange';
  constructor(
    readonly changeId: string,
    options: ErrorOptions,
  ) {
    super(`the scheduled change ${changeId} could not be settled`, options);
  }
}

/**
 * Da por hecho el cambio más antiguo al que ya le llegó la hora y nadie tiene: se cuenta una vez, en la misma
 * transacción, cualquiera que sea la réplica. Undefined: no queda ninguno. `now` es la hora de PostgreSQL.
 */
export async function settleNextChange(
  { unitOfWork, newId }: Pick<SubscriptionChangeParts, 'unitOfWork' | 'newId'>,
  now: Date,
  except: readonly string[] = [],
): Promise<string | undefined> {
  let taken: DueChange | null = null;
  const cause = { actor, correlationId: newId() };
  try {
    return await unitOfWork(cause, async ({ subscriptions, plans }) => {
      taken = await subscriptions.takeDue(now, except);
      const settled = taken?.subscription.settle(taken.changeId, now);
      if (taken === null || settled === undefined) return { result: undefined, events: [], audit: null };
      const { changeId, subscription } = taken;
      await subscriptions.save(subscription);

      const { change, tells } = settled;
      const { kind, effectiveAt, planId } = change;
      const fact = factOf[kind];
      const subject = await subjectOf(plans, subscription, planId ?? undefined);
      return {
        result: changeId,
        events: tells && fact !== null ? [fact(subject, effectiveAt, toldOnce(changeId))] : [],
        audit: {
          action: 'settleScheduledChange',
          entityType: 'PlanSubscription',
          entityId: subscription.identity.id,
          outcome: 'ACCEPTED',
          detail: { changeId, kind, effectiveAt: effectiveAt.toISOString(), told: tells },
        },
      };
    });
  } catch (error) {
    if (taken === null) throw error;
    throw new UnsettledChange((taken as DueChange).changeId, { cause: error });
  }
}
