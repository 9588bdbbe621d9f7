import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type ProductCode = Brand<string, 'ProductCode'>;
export type ModuleCode = Brand<string, 'ModuleCode'>;
export type FeatureCode = Brand<string, 'FeatureCode'>;
export type PlanCode = Brand<string, 'PlanCode'>;

/** Viaja en sujetos, en contratos y en el código de las aplicaciones hijas: solo A-Z, 0-9 y _. */
const form = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Lo que no tiene la forma de un código no es el de nada, y no merece llegar a la base. */
export const isCatalogCode = (raw: string): boolean => form.test(raw);

const parserOf =
  <Code extends string>() =>
  (raw: string, field: string): Code => {
    if (!isCatalogCode(raw)) {
      throw invalid(field, `${field} must be a capital letter followed by at most 63 of A-Z, 0-9 and _.`);
    }
    return raw as Code;
  };

export const parseProductCode = parserOf<ProductCode>();
export const parseModuleCode = parserOf<ModuleCode>();
export const parseFeatureCode = parserOf<FeatureCode>();
export const parsePlanCode = parserOf<PlanCode>();
