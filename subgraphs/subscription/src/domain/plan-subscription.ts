import { notFound } from '@farutech/kernel/errors';
import type { SubscriptionStatus } from './entitlement.ts';
import type { FeatureOverride } from './feature-override.ts';
import { type Believed, Timeline } from './timeline.ts';

/** Qué puede seguir a qué. Cualquier otra cosa deja la suscripción como está. */
const transitions = {
  activate: { from: 'PENDING', to: 'ACTIVE' },
} as const satisfies Record<string, { from: SubscriptionStatus; to: SubscriptionStatus }>;

export interface SubscriptionState {
  readonly status: SubscriptionStatus;
  readonly planId: string;
  readonly startsAt: Date;
  readonly expiresAt: Date | null;
}

/** Lo que no cambia nunca. */
export interface SubscriptionIdentity {
  readonly id: string;
  readonly customerId: string;
  readonly tenantInstanceId: string;
  readonly productId: string;
  readonly createdAt: Date;
}

/** Lo que lee el almacén: las filas que hoy se creen, y cuándo se supo la más nueva. */
export interface StoredSubscription extends SubscriptionIdentity {
  readonly states: readonly Believed<SubscriptionState>[];
  readonly overrides: readonly Believed<FeatureOverride>[];
  readonly lastKnownAt: Date;
}

/** Lo que escribe el almacén: filas que dejan de creerse y filas que se creen, todo desde `knownAt`. */
export interface SubscriptionChanges {
  readonly knownAt: Date;
  readonly present: SubscriptionState;
  readonly forgottenStates: readonly bigint[];
  readonly states: readonly Believed<SubscriptionState>[];
  readonly forgottenOverrides: readonly bigint[];
  readonly overrides: readonly Believed<FeatureOverride>[];
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

export class PlanSubscription {
  readonly identity: SubscriptionIdentity;
  readonly #states: Timeline<SubscriptionState>;
  readonly #overrides = new Map<string, Timeline<FeatureOverride>>();
  #knownAt: Date;

  private constructor(stored: StoredSubscription) {
    const { states, overrides, lastKnownAt, ...identity } = stored;
    this.identity = identity;
    this.#states = new Timeline(states);
    this.#knownAt = lastKnownAt;
    for (const code of new Set(overrides.map(({ value }) => value.featureCode))) {
      const facts = overrides.filter(({ value }) => value.featureCode === code);
      this.#overrides.set(code, new Timeline(facts));
    }
  }

  static restore(stored: StoredSubscription): PlanSubscription {
    return new PlanSubscription(stored);
  }

  /** Rige desde que se pidió, salvo que el reloj de quien pidió vaya por delante del nuestro. */
  static request(
    identity: SubscriptionIdentity,
    terms: Omit<SubscriptionState, 'status'>,
    requestedAt: Date,
    now: Date,
  ): PlanSubscription {
    const made = new PlanSubscription({ ...identity, states: [], overrides: [], lastKnownAt: now });
    made.#states.overwrite(earlier(requestedAt, now), { ...terms, status: 'PENDING' });
    return made;
  }

  get present(): SubscriptionState {
    const state = this.#states.holding(this.#knownAt)?.value;
    if (state === undefined) throw new TypeError(`la suscripción ${this.identity.id} no tiene estado`);
    return state;
  }

  overrideAt(featureCode: string, at: Date): FeatureOverride | undefined {
    return this.#overrides.get(featureCode)?.holding(at)?.value;
  }

  /** False si ya no estaba PENDING: un hecho contado dos veces no cambia nada. */
  activate(provisionedAt: Date, now: Date): boolean {
    const { present } = this;
    if (present.status !== transitions.activate.from) return false;
    const at = this.#learn(now);
    // En el instante más temprano de los dos: con un reloj adelantado, otro proceso leería aún PENDING.
    this.#states.overwrite(earlier(provisionedAt, at), { ...present, status: transitions.activate.to });
    return true;
  }

  /** Ponerla otra vez sustituye a la anterior. */
  setOverride(override: Omit<FeatureOverride, 'createdAt'>, until: Date | null, now: Date): void {
    const at = this.#learn(now);
    this.#timelineOf(override.featureCode).overwrite(at, { ...override, createdAt: at }, until);
  }

  clearOverride(featureCode: string, now: Date): FeatureOverride {
    const at = this.#learn(now);
    const held = this.overrideAt(featureCode, at);
    if (held === undefined) throw notFound('featureCode');
    this.#timelineOf(featureCode).overwrite(at, null);
    return held;
  }

  changes(): SubscriptionChanges {
    const overrides = [...this.#overrides.values()];
    return {
      knownAt: this.#knownAt,
      present: this.present,
      forgottenStates: this.#states.forgotten,
      states: this.#states.unwritten,
      forgottenOverrides: overrides.flatMap((timeline) => timeline.forgotten),
      overrides: overrides.flatMap((timeline) => timeline.unwritten),
    };
  }

  /** Lo que se sabe nunca retrocede: un reloj atrasado dejaría filas olvidadas antes de sabidas. */
  #learn(now: Date): Date {
    if (now > this.#knownAt) this.#knownAt = now;
    return this.#knownAt;
  }

  #timelineOf(featureCode: string): Timeline<FeatureOverride> {
    const known = this.#overrides.get(featureCode);
    if (known !== undefined) return known;
    const made = new Timeline<FeatureOverride>();
    this.#overrides.set(featureCode, made);
    return made;
  }
}
