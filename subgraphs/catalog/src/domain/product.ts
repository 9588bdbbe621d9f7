import type { OutgoingEvent } from '@farutech/contracts/contract';
import { DomainError, notFound } from '@farutech/kernel/errors';
import type { FeatureCode, ModuleCode, ProductCode } from './catalog-code.ts';
import {
  featureAddition,
  featureChange,
  featureRetirement,
  moduleAddition,
  productDescription,
} from './product-facts.ts';
import type { FeatureState, FeatureTexts, ModuleState, ProductState, ProductTexts } from './product-state.ts';

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
    const { name, description, version } = this.#own;
    return { name, description, version };
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

  moduleById(id: string): ModuleState | undefined {
    return this.state.modules.find((module) => module.id === id);
  }

  featureById(id: string): FeatureState | undefined {
    return this.state.features.find((feature) => feature.id === id);
  }

  describe({ name, description, version }: ProductTexts): void {
    this.#own = { ...this.#own, name, description, version };
    this.#touch();
  }

  addModule(code: ModuleCode, name: string, id: string, at: Date): ModuleState {
    if (this.#modules.has(code)) {
      throw new DomainError('MODULE_CODE_TAKEN', `${this.code} has a module ${code} already.`, 'code');
    }
    const module = { id, code, name, createdAt: at };
    this.#modules.set(code, module);
    this.#touch();
    this.#events.push(moduleAddition(this.#own, module));
    return module;
  }

  renameModule(module: ModuleState, name: string): void {
    this.#demandOwn(module);
    this.#modules.set(module.code, { ...module, name });
    this.#touch();
  }

  /** Un código retirado también está tomado: devolverlo lo encendería en los planes que aún lo nombran. */
  addFeature(
    code: FeatureCode,
    { name, description, isPremium }: FeatureTexts,
    module: ModuleState,
    id: string,
    at: Date,
  ): FeatureState {
    this.#demandOwn(module);
    const known = this.#features.get(code);
    if (known !== undefined) {
      const retired = known.retiredAt === null ? '' : ', retired: a new feature needs a new code';
      throw new DomainError('FEATURE_CODE_TAKEN', `${this.code} has a feature ${code}${retired}.`, 'code');
    }
    const place = { id, code, moduleId: module.id };
    const feature = { ...place, name, description, isPremium, createdAt: at, retiredAt: null };
    this.#features.set(code, feature);
    this.#touch();
    this.#events.push(featureAddition(this.#own, feature));
    return feature;
  }

  changeFeature(feature: FeatureState, texts: FeatureTexts, module: ModuleState): void {
    this.#demandOwn(module);
    this.#demandLive(feature);
    const { name, description, isPremium } = texts;
    const changed = { ...feature, name, description, isPremium, moduleId: module.id };
    this.#features.set(feature.code, changed);
    this.#touch();
    this.#events.push(featureChange(this.#own, changed));
  }

  /** Un plan en venta puede llevarla: se publicó así y así queda; quien la apaga es el derecho de cada instancia. */
  retireFeature(feature: FeatureState, at: Date): FeatureState {
    this.#demandLive(feature);
    const retired = { ...feature, retiredAt: at };
    this.#features.set(feature.code, retired);
    this.#touch();
    this.#events.push(featureRetirement(this.#own, retired, at));
    return retired;
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
    return this.#changed ? [productDescription(this.#own), ...this.#events] : [];
  }

  #demandOwn(module: ModuleState): void {
    if (this.#modules.get(module.code)?.id !== module.id) throw notFound('moduleId');
  }

  #demandLive({ id, code }: FeatureState): void {
    const known = this.#features.get(code);
    if (known?.id !== id) throw notFound('featureId');
    if (known.retiredAt !== null) {
      throw new DomainError('FEATURE_RETIRED', `${code} is retired.`, 'featureId');
    }
  }

  #touch(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.#own = { ...this.#own, revision: this.#own.revision + 1 };
  }
}
