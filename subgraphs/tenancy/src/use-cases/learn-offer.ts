import type { KnownPlan } from '../domain/known-plan.ts';
import type { CatalogStore } from '../domain/ports.ts';

/** What is known about a product code and a plan code. */
export interface Offer {
  readonly productExists: boolean;
  readonly plan: KnownPlan | null;
}

export type LearnOffer = (productCode: string, planCode: string) => Promise<Offer>;

export interface CatalogAnswer {
  readonly plan: KnownPlan | null;
  readonly productCodes: readonly string[];
}

export interface LearnOfferParts {
  readonly catalog: CatalogStore;
  /** Asks catalog itself; UNAVAILABLE when it does not answer. */
  ask(planCode: string): Promise<CatalogAnswer>;
}

const codeForm = /^[A-Z][A-Z0-9_]{0,99}$/;

/**
 * Looks the codes up in the own projection. Only one that is not there is asked of catalog, and the answer is
 * kept, so that the next request needs nobody.
 */
export async function learnOffer(
  { catalog, ask }: LearnOfferParts,
  productCode: string,
  planCode: string,
): Promise<Offer> {
  const [product, plan] = await Promise.all([catalog.product(productCode), catalog.newestPlan(planCode)]);
  if (product !== null && plan !== null) return { productExists: true, plan };
  // Un texto que no puede ser un código no merece la pregunta.
  if (!codeForm.test(productCode) || !codeForm.test(planCode))
    return { productExists: product !== null, plan };

  const answer = await ask(planCode);
  if (answer.plan !== null) {
    const { productId, productCode: code } = answer.plan;
    // El nombre lo dirá ProductChanged, que trae una revisión mayor que 0.
    await catalog.keepProduct({ productId, code, name: code, revision: 0 });
    await catalog.keepPlan(answer.plan);
  }
  return {
    productExists: product !== null || answer.productCodes.includes(productCode),
    plan: answer.plan ?? plan,
  };
}
