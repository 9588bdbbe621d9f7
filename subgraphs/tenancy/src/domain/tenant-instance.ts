import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import { PermanentError } from '@farutech/kernel/errors';
import { actionOfSuccess, type InstanceAction, instanceTransitions } from './instance-transitions.ts';
import type { Operation } from './operation.ts';
import type { OperationStepState } from './operation-data.ts';
import { livesIn, moveSentences, sentenceOfFailure, sentenceOfStep, sentencesOf } from './sentence.ts';

/** Una entrada de la historia: lo que ve un suscriptor, y lo que se cuenta a los demás. */
export type StatusEntry = DataOf<typeof tenantInstanceStatusChanged>;
export type TenantInstanceStatus = StatusEntry['status'];
export type DatabaseTier = 'STANDARD' | 'ENTERPRISE';

export interface TenantInstanceState {
  readonly id: string;
  readonly customerId: string;
  readonly productId: string;
  readonly productCode: string;
  readonly planId: string;
  readonly planCode: string;
  readonly planVersion: number;
  readonly maxUsers: number;
  /** Del hecho que dijo el plan: uno anterior ya no vale. 0: el plan es aún el que se pidió. */
  readonly subscriptionRevision: number;
  readonly instanceCode: string;
  readonly globalInstanceId: string;
  readonly databaseTier: DatabaseTier;
  readonly status: TenantInstanceStatus;
  readonly kubernetesNamespace: string;
  readonly subdomainUrl: string;
  /** Densa: la entrada más nueva de su historia. */
  readonly version: number;
  readonly provisionedAt: Date | null;
  readonly subscriptionActivatedAt: Date | null;
  /** El periodo que se pidió; lo que vale ahora lo dice subscription. */
  readonly orderedFrom: Date;
  readonly orderedUntil: Date | null;
  readonly createdAt: Date;
}

type Bought = Pick<TenantInstanceState, 'planId' | 'planCode' | 'planVersion' | 'maxUsers'>;

type KeptFromSubscription = 'subscriptionActivatedAt' | 'subscriptionRevision';

interface Happening {
  readonly message: string;
  readonly operation: Operation | null;
  readonly step?: OperationStepState;
  readonly at: Date;
}

/**
 * Una instalación de un producto para un cliente. Cada cambio visible es la entrada siguiente de su historia.
 */
export class TenantInstance {
  #state: TenantInstanceState;
  readonly #entries: StatusEntry[] = [];

  private constructor(state: TenantInstanceState) {
    this.#state = state;
  }

  static restore(state: TenantInstanceState): TenantInstance {
    return new TenantInstance(state);
  }

  static request(
    order: Omit<TenantInstanceState, 'status' | 'version' | 'provisionedAt' | KeptFromSubscription>,
    operation: Operation,
  ): TenantInstance {
    const instance = new TenantInstance({
      ...order,
      status: 'PROVISIONING',
      version: 0,
      provisionedAt: null,
      subscriptionActivatedAt: null,
      subscriptionRevision: 0,
    });
    instance.#tell({ message: sentencesOf('PROVISION').requested, operation, at: order.createdAt }, true);
    return instance;
  }

  get id(): string {
    return this.#state.id;
  }

  get status(): TenantInstanceStatus {
    return this.#state.status;
  }

  /** Lo que ha pasado desde que se cargó, en orden. */
  get entries(): readonly StatusEntry[] {
    return this.#entries;
  }

  snapshot(): TenantInstanceState {
    return this.#state;
  }

  /** Se movió un paso. Una instancia que había fallado vuelve a estar en camino. */
  progress(operation: Operation, step: OperationStepState, at: Date): void {
    const reopened = operation.kind === 'PROVISION' && this.#can('reopen') && this.#move('reopen');
    const message = sentenceOfStep(step, operation.data().steps.length);
    this.#tell({ message, operation, step, at }, reopened);
  }

  /** Se aceptó una operación sobre la instancia, o su reintento; el estado cambia cuando acabe. */
  requested(operation: Operation, at: Date): void {
    const { requested, again } = sentencesOf(operation.kind);
    const isRetry = operation.data().requestNo > 0;
    const reopened = operation.kind === 'PROVISION' && this.#can('reopen') && this.#move('reopen');
    this.#tell({ message: isRetry ? again : requested, operation, at }, reopened);
  }

  /** Una operación que no es PROVISION acabó bien. */
  succeeded(operation: Operation, at: Date): void {
    const action = actionOfSuccess[operation.kind];
    const changed = action !== undefined && this.#can(action) && this.#move(action);
    this.#tell({ message: sentencesOf(operation.kind).succeeded, operation, at }, changed);
  }

  /** Sus datos viven en el otro nivel. */
  homeMoved(databaseTier: DatabaseTier, operation: Operation, at: Date): void {
    this.#state = { ...this.#state, databaseTier };
    this.#tell({ message: livesIn[databaseTier], operation, at }, false);
  }

  /** El traslado espera a que alguien decida. */
  moveWaits(operation: Operation, at: Date): void {
    this.#tell({ message: moveSentences.waits, operation, at }, false);
  }

  moveDecided(decision: 'confirm' | 'revert', operation: Operation, at: Date): void {
    this.#tell({ message: moveSentences[decision], operation, at }, false);
  }

  /** El trabajador ha acabado. ACTIVE solo si la suscripción ya está en marcha. */
  provisioned(operation: Operation, at: Date): void {
    const before = this.#state.status;
    if (this.#can('reopen')) this.#move('reopen');
    this.#state = { ...this.#state, provisionedAt: this.#state.provisionedAt ?? at };
    if (this.#state.subscriptionActivatedAt !== null) this.#move('activate');
    const { active, succeeded } = sentencesOf('PROVISION');
    const message = this.#state.status === 'ACTIVE' ? active : succeeded;
    this.#tell({ message, operation, at }, this.#state.status !== before);
  }

  /**
   * La suscripción está en marcha. Dice ACTIVE si el trabajador acabó; si no, aún no hay nada que enseñar.
   */
  subscriptionActivated(bought: Bought, revision: number, operation: Operation | null, at: Date): void {
    const subscriptionActivatedAt = this.#state.subscriptionActivatedAt ?? at;
    this.planHolds(bought, revision);
    this.#state = { ...this.#state, subscriptionActivatedAt };
    if (this.#state.provisionedAt === null || !this.#can('activate')) return;
    this.#move('activate');
    this.#tell({ message: sentencesOf('PROVISION').active, operation, at }, true);
  }

  /** El plan y las plazas que valen ahora; false si ya se supo de algo posterior. */
  planHolds(bought: Bought, subscriptionRevision: number): boolean {
    if (subscriptionRevision < this.#state.subscriptionRevision) return false;
    this.#state = { ...this.#state, ...bought, subscriptionRevision };
    return true;
  }

  /** La operación acabó mal. Solo un PROVISION fallido deja la instancia FAILED. */
  operationFailed(operation: Operation, at: Date): void {
    const { failure } = operation.data();
    if (failure === null) throw new TypeError('an operation that failed says why');
    const fails = operation.kind === 'PROVISION' && this.#can('fail') && this.#move('fail');
    this.#tell({ message: sentenceOfFailure(operation.kind, failure), operation, at }, fails);
  }

  #can(action: InstanceAction): boolean {
    return instanceTransitions[this.#state.status][action] !== undefined;
  }

  #move(action: InstanceAction): true {
    const status = instanceTransitions[this.#state.status][action];
    if (status === undefined) {
      throw new PermanentError(
        'ILLEGAL_TRANSITION',
        `an instance that is ${this.#state.status} cannot ${action}`,
      );
    }
    this.#state = { ...this.#state, status };
    return true;
  }

  #tell({ message, operation, step, at }: Happening, statusChanged: boolean): void {
    this.#state = { ...this.#state, version: this.#state.version + 1 };
    const { id, customerId, version, status } = this.#state;
    this.#entries.push({
      instanceId: id,
      customerId,
      version,
      status,
      statusChanged,
      operation: operation?.snapshot() ?? null,
      step: step === undefined ? null : reported(step),
      message,
      occurredAt: at.toISOString(),
    });
  }
}

const reported = (step: OperationStepState): NonNullable<StatusEntry['step']> => ({
  ...step,
  startedAt: step.startedAt?.toISOString() ?? null,
  finishedAt: step.finishedAt?.toISOString() ?? null,
});
