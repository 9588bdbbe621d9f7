import { type PublishedPlan, planLookup } from '@farutech/contracts/catalog';
import type { Messaging } from '@farutech/messaging/connection';

/** Solo se pregunta por lo que una proyección aún no ha recibido: no es un camino de lectura. */
export function answerPlanLookup(
  messaging: Pick<Messaging, 'reply'>,
  lookUp: (planCode: string) => Promise<{ plan: PublishedPlan | null; productCodes: readonly string[] }>,
): void {
  messaging.reply(planLookup.subject, async (raw) => {
    const { planCode } = planLookup.request.parse(raw);
    return planLookup.reply.parse(await lookUp(planCode));
  });
}
