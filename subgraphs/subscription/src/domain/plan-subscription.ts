import { DomainError, notFound } from '@farutech/kernel/errors';
import { Agenda } from './agenda.ts';
import type { FeatureOverride } from './feature-override.ts';
import { OverrideHistory } from './override-history.ts';
import { contract, type ScheduledChange } from './scheduled-change.ts';
import type {
  StoredSubscription,
  SubscriptionChanges,
  SubscriptionContract,
  SubscriptionIdentity,
  SubscriptionState,
} from './stored-subscription.ts';
import { demandStatusAfter, statusAfter } from './subscription-transitions.ts';
import { Timeline } from './timeline.ts';

/** Quién lo decide y por qué. */
export interface Decision {
  readonly reason: string;
  readonly by: string;
  readonly byCustomer: boolean;
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);
const justBefore = (instant: Date): Date => new Date(+instant - 1);

/** Una versión de plan que empezó a regir, y con qué revisión se cuenta. */
export interface PlanChanged {
  readonly planId: string;
  readonly at: Date;
  readonly revision: number;
  /** El cambio con fecha que lo traía; null: se pidió para ya. */
  readonly changeId: string | null;
}

const decidedByFarutech = (): DomainError =>
  new DomainError('FORBIDDEN', 'Farutech scheduled this change: ask its billing department.');

export class PlanSubscription {
  readonly identity: SubscriptionIdentity;
  readonly #states: Timeline<SubscriptionState>;
  readonly #overrides: OverrideHistory;
  readonly #agenda: Agenda;
  #revision: number;
  #knownAt: Date;

  private constructor(stored: StoredSubscription) {
    const { states, overrides, waiting, revision, lastKnownAt, ...identity } = stored;
    this.identity = identity;
    this.#states = new Timeline(states);
    this.#overrides = new OverrideHistory(overrides);
    this.#agenda = new Agenda(waiting);
    this.#revision = revision;
    this.#knownAt = lastKnownAt;
  }

  static restore(stored: StoredSubscription): PlanSubscription {
    return new PlanSubscription(stored);
  }

  /** Rige desde que se pidió, salvo que el reloj de quien pidió vaya por delante del nuestro. */
  static request(
    identity: SubscriptionIdentity,
    bought: SubscriptionContract,
    { requestedAt, now, newId }: { requestedAt: Date; now: Date; newId: () => string },
  ): PlanSubscription {
    const nothing = { states: [], overrides: [], waiting: [] };
    const made = new PlanSubscription({ ...identity, ...nothing, revision: 1, lastKnownAt: now });
    const pending = { ...bought, status: 'PENDING', reason: null, changedBy: null } as const;
    made.#states.overwrite(earlier(requestedAt, now), pending);
    const agreed = { planId: null, reason: null, requestedBy: contract, byCustomer: false, requestedAt: now };
    const { startsAt, expiresAt } = bought;
    if (startsAt > now) made.#agenda.add({ id: newId(), kind: 'START', effectiveAt: startsAt, ...agreed });
    if (expiresAt) made.#agenda.add({ id: newId(), kind: 'EXPIRY', effectiveAt: expiresAt, ...agreed });
    return made;
  }

  get revision(): number {
    return this.#revision;
  }

  get present(): SubscriptionState {
    return this.stateAt(this.#knownAt);
  }

  stateAt(at: Date): SubscriptionState {
    const state = this.#states.holding(at)?.value;
    if (state === undefined) throw new TypeError(`la suscripción ${this.identity.id} no tiene estado`);
    return state;
  }

  overrideAt(featureCode: string, at: Date): FeatureOverride | undefined {
    return this.#overrides.at(featureCode, at);
  }

  /** Undefined si ya no estaba PENDING: un hecho contado dos veces no cambia nada. */
  activate(provisionedAt: Date, now: Date): Date | undefined {
    const at = this.#learn(now);
    const status = statusAfter(this.present.status, 'activate');
    if (status === undefined) return undefined;
    // En el instante más temprano de los dos: con un reloj adelantado, otro proceso leería aún PENDING.
    this.#states.overwrite(earlier(provisionedAt, at), { ...this.present, status });
    this.#revision += 1;
    return at;
  }

  suspend({ reason, by }: Decision, now: Date): Date {
    const at = this.#learn(now);
    const status = demandStatusAfter(this.present.status, 'suspend');
    return this.#untilCancelled(at, { status, reason, changedBy: by });
  }

  resume(now: Date): Date {
    const at = this.#learn(now);
    const status = demandStatusAfter(this.present.status, 'resume');
    return this.#untilCancelled(at, { status, reason: null, changedBy: null });
  }

  cancel({ reason, by }: Decision, now: Date): Date {
    const at = this.#learn(now);
    const status = demandStatusAfter(this.present.status, 'cancel');
    this.#states.overwrite(at, { ...this.present, status, reason, changedBy: by });
    this.#agenda.withdrawAfter(at);
    this.#revision += 1;
    return at;
  }

  /**
   * Se escribe ya, con su fecha: las funciones se apagan en ese instante aunque nadie esté para hacerlo. La
   * segunda sustituye a la primera. No cambia la revisión: todavía no ha pasado nada que contar.
   */
  scheduleCancellation(id: string, decision: Decision, effectiveAt: Date, now: Date): void {
    const { reason, by, byCustomer } = decision;
    const at = this.#learn(now);
    demandStatusAfter(this.present.status, 'cancel');
    const planned = this.#agenda.ofKind('CANCELLATION');
    if (planned !== undefined) {
      if (byCustomer && !planned.byCustomer) throw decidedByFarutech();
      this.#takeBack(planned);
    }
    const status = demandStatusAfter(this.stateAt(effectiveAt).status, 'cancel');
    this.#states.overwrite(effectiveAt, { ...this.stateAt(effectiveAt), status, reason, changedBy: by });
    const planning = { planId: null, reason, requestedBy: by, byCustomer, requestedAt: at };
    this.#agenda.add({ id, kind: 'CANCELLATION', effectiveAt, ...planning });
  }

  /**
   * La última palabra sustituye a lo acordado para más tarde; una cancelación con fecha sigue en pie. Devuelve
   * todo lo que hay que contar: también lo acordado a lo que ya le llegó la hora y nadie había contado.
   */
  changePlan(planId: string, now: Date): readonly PlanChanged[] {
    const at = this.#learn(now);
    const overdue = this.#settleOverduePlan(at);
    this.#replacePlanFrom(at, planId);
    this.#revision += 1;
    return [...overdue, { planId, at, revision: this.#revision, changeId: null }];
  }

  /** Como `changePlan`, desde una fecha: hasta entonces no hay nada nuevo que contar. */
  schedulePlan(
    id: string,
    { planId, by }: { readonly planId: string; readonly by: string },
    effectiveAt: Date,
    now: Date,
  ): readonly PlanChanged[] {
    const at = this.#learn(now);
    demandStatusAfter(this.present.status, 'changePlan', 'subscriptionId');
    const overdue = this.#settleOverduePlan(at);
    this.#replacePlanFrom(effectiveAt, planId);
    const agreed = { reason: null, requestedBy: by, byCustomer: false, requestedAt: at };
    this.#agenda.add({ id, kind: 'PLAN', planId, effectiveAt, ...agreed });
    return overdue;
  }

  withdraw(changeId: string, byCustomer: boolean, now: Date): ScheduledChange {
    const at = this.#learn(now);
    const change = this.#agenda.byId(changeId);
    if (change === undefined || change.effectiveAt <= at) {
      throw new DomainError('ILLEGAL_TRANSITION', 'This change has happened or was withdrawn.', 'id');
    }
    if (change.kind !== 'CANCELLATION' && change.kind !== 'PLAN') {
      throw new DomainError('ILLEGAL_TRANSITION', `${change.kind} is part of what was bought.`, 'id');
    }
    if (byCustomer && !change.byCustomer) throw decidedByFarutech();
    this.#takeBack(change);
    return change;
  }

  /** Undefined si ya había acabado. */
  endWithInstance(endedAt: Date, now: Date): Date | undefined {
    const at = this.#learn(now);
    const status = statusAfter(this.present.status, 'endWithInstance');
    if (status === undefined) return undefined;
    const since = later(earlier(endedAt, at), this.#states.firstFrom);
    this.#states.overwrite(since, { ...this.present, status, reason: null, changedBy: null });
    this.#agenda.withdrawAfter(at);
    this.#revision += 1;
    return since;
  }

  /** Llegó su hora: dice si hay algo que contar. Undefined: no la tiene, o todavía no es la hora. */
  settle(changeId: string, now: Date): { change: ScheduledChange; tells: boolean } | undefined {
    const change = this.#agenda.byId(changeId);
    if (change === undefined || change.effectiveAt > now) return undefined;
    const at = this.#learn(now);
    const { status } = this.stateAt(change.effectiveAt);
    // A la ya cancelada ni le cambia el plan ni le vence nada; el inicio no se cuenta.
    const tells = change.kind === 'CANCELLATION' || (change.kind !== 'START' && status !== 'CANCELLED');
    this.#agenda.end(change, 'DONE');
    if (change.kind === 'CANCELLATION') this.#agenda.withdrawAfter(at);
    if (tells) this.#revision += 1;
    return { change, tells };
  }

  /** Ponerla otra vez sustituye a la anterior. */
  setOverride(override: Omit<FeatureOverride, 'createdAt'>, until: Date | null, now: Date): void {
    const at = this.#learn(now);
    this.#overrides.of(override.featureCode).overwrite(at, { ...override, createdAt: at }, until);
  }

  clearOverride(featureCode: string, now: Date): FeatureOverride {
    const at = this.#learn(now);
    const held = this.overrideAt(featureCode, at);
    if (held === undefined) throw notFound('featureCode');
    this.#overrides.of(featureCode).overwrite(at, null);
    return held;
  }

  changes(): SubscriptionChanges {
    return {
      knownAt: this.#knownAt,
      revision: this.#revision,
      present: this.present,
      forgottenStates: this.#states.forgotten,
      states: this.#states.unwritten,
      forgottenOverrides: this.#overrides.forgotten,
      overrides: this.#overrides.unwritten,
      scheduled: this.#agenda.added,
      ended: this.#agenda.ended,
    };
  }

  /** Lo que ya se había dicho de después sigue en pie: una cancelación con fecha llega igual. */
  #untilCancelled(at: Date, change: Pick<SubscriptionState, 'status' | 'reason' | 'changedBy'>): Date {
    this.#states.rewrite(at, (state) => (state.status === 'CANCELLED' ? state : { ...state, ...change }));
    this.#revision += 1;
    return at;
  }

  #replacePlanFrom(from: Date, planId: string): void {
    const planned = this.#agenda.ofKind('PLAN');
    if (planned !== undefined) this.#takeBack(planned);
    const { status, planId: held } = this.stateAt(from);
    demandStatusAfter(status, 'changePlan', 'subscriptionId');
    if (held === planId) {
      throw new DomainError('ILLEGAL_TRANSITION', 'It has this version of the plan already.', 'planCode');
    }
    this.#planFrom(from, planId);
  }

  #planFrom(from: Date, planId: string): void {
    this.#states.rewrite(from, (state) => (state.planId === planId ? state : { ...state, planId }));
  }

  /** Nadie estaba para contarlo: sin hacerlo antes, se contaría después de lo que lo sustituye. */
  #settleOverduePlan(at: Date): readonly PlanChanged[] {
    const { id: changeId, planId, effectiveAt } = this.#agenda.ofKind('PLAN') ?? {};
    if (changeId === undefined || planId == null || effectiveAt === undefined) return [];
    if (this.settle(changeId, at)?.tells !== true) return [];
    return [{ planId, at: effectiveAt, revision: this.#revision, changeId }];
  }

  /** Vuelve a regir lo que regía hasta entonces. */
  #takeBack(change: ScheduledChange): void {
    const before = this.stateAt(justBefore(change.effectiveAt));
    if (change.kind === 'PLAN') this.#planFrom(change.effectiveAt, before.planId);
    else this.#takeBackCancellation(change, before);
    this.#agenda.end(change, 'WITHDRAWN');
  }

  /** Lo que se acordó para después de ella vuelve a tener sentido. */
  #takeBackCancellation({ effectiveAt }: ScheduledChange, before: SubscriptionState): void {
    this.#states.overwrite(effectiveAt, before);
    const planned = this.#agenda.ofKind('PLAN');
    if (planned?.planId != null && planned.effectiveAt >= effectiveAt) {
      this.#planFrom(planned.effectiveAt, planned.planId);
    }
  }

  /** Lo que se sabe nunca retrocede: un reloj atrasado dejaría filas olvidadas antes de sabidas. */
  #learn(now: Date): Date {
    if (now > this.#knownAt) this.#knownAt = now;
    return this.#knownAt;
  }
}
