import type { KnownPlan } from '../domain/known-plan.ts';
import type { CatalogStore } from '../domain/ports.ts';

/** Lo que se sabe de un código de producto y uno de plan. */
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
  /** Pregunta a catalog; UNAVAILABLE cuando no contesta. */
  ask(planCode: string): Promise<CatalogAnswer>;
}

const codeForm = /^[A-Z][A-Z0-9_]{0,99}$/;

/**
 * Busca los códigos en la proyección propia. Solo por el que no está se pregunta a catalog, y la respuesta se
 * guarda, para que la próxima petición no necesite a nadie.
 */
export async function learnOffer(
  { catalog, ask }: LearnOfferParts,
  productCode: string,
  planCode: string,
): Promise<Offer> {
  // Un texto que no puede ser un código no merece la pregunta, ni a la base: un carácter nulo la haría fallar.
  const [product, plan] = await Promise.all([
    codeForm.test(productCode) ? catalog.product(productCode) : null,
    codeForm.test(planCode) ? catalog.newestPlan(planCode) : null,
  ]);
  if (product !== null && plan !== null) return { productExists: true, plan };
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
