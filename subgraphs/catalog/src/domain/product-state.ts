import type { FeatureCode, ModuleCode, ProductCode } from './catalog-code.ts';

export type ProductTexts = {
  readonly name: string;
  readonly description: string;
  readonly version: string;
};

export interface FeatureTexts {
  readonly name: string;
  readonly description: string;
  readonly isPremium: boolean;
}

export interface ModuleState {
  readonly id: string;
  readonly code: ModuleCode;
  readonly name: string;
  readonly createdAt: Date;
}

export interface FeatureState extends FeatureTexts {
  readonly id: string;
  readonly code: FeatureCode;
  readonly moduleId: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

export interface ProductState extends ProductTexts {
  readonly id: string;
  readonly code: ProductCode;
  /** Crece con cada transacción que toca el producto, sus módulos o sus características. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly modules: readonly ModuleState[];
  readonly features: readonly FeatureState[];
}
