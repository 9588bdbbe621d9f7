import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { writeOutbox } from '@farutech/messaging/outbox';
import type { PrismaClient } from '@farutech/prisma/subscription';
import { presentFacts } from '../domain/present-facts.ts';
import { executeIn } from './execute-in.ts';

const batchSize = 200;
export const fromTheFirst = '00000000-0000-0000-0000-000000000000';

interface RetellParts {
  readonly prisma: PrismaClient;
  readonly newId: NewId;
  readonly clock: Clock;
}

interface Retold {
  readonly facts: number;
  /** La última de la tanda; null: no quedan. */
  readonly last: string | null;
}

/**
 * Cuenta otra vez las que siguen a `after`. Bloqueadas mientras se cuentan: un cambio de entre medias saldría
 * por el buzón delante de lo que aquí se dice de antes.
 */
export async function retellBatch(
  { prisma, newId, clock }: RetellParts,
  cause: Cause,
  after: string,
): Promise<Retold> {
  return await prisma.$transaction(async (tx) => {
    const locked = await tx.$queryRaw<readonly { id: string }[]>`
      SELECT id FROM plan_subscription WHERE id > ${after}::uuid ORDER BY id LIMIT ${batchSize} FOR SHARE`;
    const rows = await tx.planSubscription.findMany({
      where: { id: { in: locked.map(({ id }) => id) } },
      include: { states: true, scheduled: { where: { kind: 'EXPIRY', ended: 'DONE' } } },
      orderBy: { id: 'asc' },
    });
    const plans = await tx.planProjection.findMany({
      where: { planId: { in: [...new Set(rows.map(({ planId }) => planId))] } },
    });
    const planOf = new Map(plans.map((plan) => [plan.planId, { ...plan, price: plan.price.toString() }]));
    const now = clock();
    const events = rows.flatMap(({ states, scheduled, revision, planId, ...identity }) => {
      const plan = planOf.get(planId);
      if (plan === undefined)
        throw new TypeError(`la suscripción ${identity.id} es de un plan que no se conoce`);
      const expiredAt = scheduled[0]?.effectiveAt ?? null;
      return presentFacts({ identity, plan, revision, states, expiredAt }, now);
    });
    await writeOutbox(executeIn(tx), newId, cause, now, events);
    return { facts: events.length, last: locked.at(-1)?.id ?? null };
  });
}
