import { featureAdded, featureRetired, productChanged } from '@farutech/contracts/catalog';
import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { DomainError } from '@farutech/kernel/errors';
import type { FeatureCode, ModuleCode, ProductCode } from './catalog-code.ts';

export interface ProductTexts {
  readonly name: string;
  readonly description: string;
  readonly version: string;
}

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

type Own = Omit<ProductState, 'modules' | 'features'>;

/** Un producto con sus módulos y características: la jerarquía solo se cambia por aquí, y entera. */
export class Product {
  #own: Own;
  readonly #modules: Map<ModuleCode, ModuleState>;
  readonly #features: Map<FeatureCode, FeatureState>;
  readonly #events: OutgoingEvent[] = [];
  #changed = false;

  private constructor({ modules, features, ...own }: ProductState) {
    this.#own = own;
    this.#modules = new Map(modules.map((module) => [module.code, module]));
    this.#features = new Map(features.map((feature) => [feature.code, feature]));
  }

  static create(code: ProductCode, texts: ProductTexts, id: string, at: Date): Product {
    const { name, description, version } = texts;
    const own = { id, code, name, description, version, revision: 1, createdAt: at };
    const product = new Product({ ...own, modules: [], features: [] });
    product.#changed = true;
    return product;
  }

  static restore(state: ProductState): Product {
    return new Product(state);
  }

  get id(): string {
    return this.#own.id;
  }

  get code(): ProductCode {
    return this.#own.code;
  }

  get texts(): ProductTexts {
    return this.#own;
  }

  get changed(): boolean {
    return this.#changed;
  }

  get state(): ProductState {
    return { ...this.#own, modules: [...this.#modules.values()], features: [...this.#features.values()] };
  }

  module(code: ModuleCode): ModuleState | undefined {
    return this.#modules.get(code);
  }

  feature(code: FeatureCode): FeatureState | undefined {
    return this.#features.get(code);
  }

  describe({ name, description, version }: ProductTexts): void {
    this.#own = { ...this.#own, name, description, version };
    this.#touch();
  }

  addModule(code: ModuleCode, name: string, id: string, at: Date): ModuleState {
    const module = { id, code, name, createdAt: at };
    this.#modules.set(code, module);
    this.#touch();
    return module;
  }

  renameModule(module: ModuleState, name: string): void {
    this.#modules.set(module.code, { ...module, name });
    this.#touch();
  }

  addFeature(code: FeatureCode, texts: FeatureTexts, module: ModuleState, id: string, at: Date): void {
    const { name, description, isPremium } = texts;
    const place = { id, code, moduleId: module.id };
    this.#features.set(code, { ...place, name, description, isPremium, createdAt: at, retiredAt: null });
    this.#touch();
    this.#events.push(
      tell(featureAdded, {
        featureId: id,
        productId: this.id,
        moduleId: module.id,
        code,
        name,
        isPremium,
        addedAt: at.toISOString(),
      }),
    );
  }

  changeFeature(feature: FeatureState, texts: FeatureTexts, module: ModuleState): void {
    const { name, description, isPremium } = texts;
    this.#features.set(feature.code, { ...feature, name, description, isPremium, moduleId: module.id });
    this.#touch();
  }

  retireFeature(feature: FeatureState, at: Date): void {
    this.#features.set(feature.code, { ...feature, retiredAt: at });
    this.#touch();
    const { id: featureId, code } = feature;
    const retiredAt = at.toISOString();
    this.#events.push(tell(featureRetired, { featureId, productId: this.id, code, retiredAt }));
  }

  /** La característica tal como un plan la puede vender. */
  featureToSell(code: FeatureCode, field: string): FeatureState {
    const feature = this.#features.get(code);
    if (feature === undefined) {
      throw new DomainError('FEATURE_NOT_IN_PRODUCT', `${this.code} has no feature ${code}.`, field);
    }
    if (feature.retiredAt !== null) {
      throw new DomainError('FEATURE_RETIRED', `${code} is retired: no new plan may include it.`, field);
    }
    return feature;
  }

  /** El producto va primero: quien proyecta lo conoce antes que a sus características. */
  get events(): readonly OutgoingEvent[] {
    if (!this.#changed) return [];
    const { id: productId, code, name, description, version, revision } = this.#own;
    return [tell(productChanged, { productId, code, name, description, version, revision }), ...this.#events];
  }

  #touch(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#own = { ...this.#own, revision: this.#own.revision + 1 };
  }
}
