import { planLookup } from '@farutech/contracts/catalog';
import { knownPlan } from './keep-catalog.ts';
import type { CatalogAnswer } from './learn-offer.ts';

/** Quien vende espera la respuesta: más de 2 s es decir que no la hay. */
const answerWithinMs = 2_000;

export type Request = (
  subject: string,
  data: unknown,
  options: { readonly timeoutMs: number },
) => Promise<unknown>;

/** Pregunta a catalog por un código de plan. UNAVAILABLE cuando no contesta en 2 s. */
export async function askCatalog(request: Request, planCode: string): Promise<CatalogAnswer> {
  const raw = await request(planLookup.subject, { planCode }, { timeoutMs: answerWithinMs });
  const { plan, productCodes } = planLookup.reply.parse(raw);
  return { plan: plan === null ? null : knownPlan(plan), productCodes };
}
