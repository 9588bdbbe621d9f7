import { DomainError, OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import type {
  Failure,
  OperationData,
  OperationKind,
  OperationSnapshot,
  OperationState,
  OperationStepState,
  ReportedStep,
  ToldOrder,
} from './operation-data.ts';
import { type OperationAction, operationTransitions } from './operation-transitions.ts';

/** El lugar de un hecho entre los de su operación. */
export interface FactNumber {
  readonly n: number;
  readonly epoch: number;
  readonly attempt: number;
}

const ended: ReadonlySet<OperationState> = new Set(['SUCCEEDED', 'FAILED', 'COMPENSATED']);
const busy: ReadonlySet<OperationState> = new Set(['SCHEDULED', 'RUNNING', 'COMPENSATING']);
const settled: ReadonlySet<OperationStepState['state']> = new Set(['DONE', 'SKIPPED']);
const untouched = {
  state: 'PENDING',
  attempt: 0,
  detail: null,
  startedAt: null,
  finishedAt: null,
} as const;
const instantOrNull = (raw: string | null): Date | null => (raw === null ? null : new Date(raw));

/** Trabajo largo sobre una instancia, tal como lo cuentan los hechos de su trabajador. */
export class Operation {
  #data: OperationData;

  private constructor(data: OperationData) {
    this.#data = data;
  }

  static restore(data: OperationData): Operation {
    return new Operation(data);
  }

  static schedule(
    order: Pick<
      OperationData,
      'id' | 'instanceId' | 'customerId' | 'kind' | 'maxAttempts' | 'correlationId' | 'startedAt'
    > & { readonly stepNames: readonly string[] },
  ): Operation {
    const { stepNames, ...given } = order;
    const steps = stepNames.map((name, ord) => ({ ord, name, ...untouched }));
    return new Operation({
      ...given,
      state: 'SCHEDULED',
      attempt: 0,
      failure: null,
      requestNo: 0,
      lastFact: 0,
      epoch: 0,
      movedAt: given.startedAt,
      finishedAt: null,
      confirmBy: null,
      order: null,
      rung: 0,
      rungAt: null,
      steps,
    });
  }

  get id(): string {
    return this.#data.id;
  }

  get kind(): OperationKind {
    return this.#data.kind;
  }

  get isOver(): boolean {
    return ended.has(this.#data.state);
  }

  /** La orden con que empezó: la que se da otra vez al reintentarla. */
  get ownOrder(): ToldOrder | null {
    const { order } = this.#data;
    return order?.after ?? order;
  }

  data(): OperationData {
    return this.#data;
  }

  snapshot(): OperationSnapshot {
    const { id, kind, state, attempt, maxAttempts, failure, correlationId, startedAt, finishedAt } =
      this.#data;
    return {
      id,
      kind,
      state,
      attempt,
      maxAttempts,
      failure,
      correlationId,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
    };
  }

  /**
   * Toma el número de un hecho: solo el siguiente, de una época que no haya acabado. `false`: ya se aplicó.
   * OutOfOrderError: el anterior aún viene de camino.
   */
  accept({ n, epoch, attempt }: FactNumber, at: Date): boolean {
    const { lastFact, epoch: known } = this.#data;
    if (n <= lastFact) return false;
    if (epoch < known) {
      throw new PermanentError('STALE_EPOCH', `fact ${n} of epoch ${epoch} came after epoch ${known} began`);
    }
    if (n > lastFact + 1) throw new OutOfOrderError(`fact ${n} came, ${lastFact + 1} is next`);
    this.#data = { ...this.#data, lastFact: n, epoch, attempt, movedAt: at };
    return true;
  }

  reportStep(state: 'RUNNING' | 'COMPENSATING', step: ReportedStep): void {
    this.#move(state === 'RUNNING' ? 'work' : 'undo');
    const known = this.#data.steps.find(({ name }) => name === step.name);
    const reported: OperationStepState = {
      ...step,
      // El orden es el que se enseñó al pedirla; un paso que no se anunció va al final.
      ord: known?.ord ?? this.#data.steps.length,
      startedAt: instantOrNull(step.startedAt),
      finishedAt: instantOrNull(step.finishedAt),
    };
    const steps = known
      ? this.#data.steps.map((one) => (one === known ? reported : one))
      : [...this.#data.steps, reported];
    this.#data = { ...this.#data, steps, failure: null, finishedAt: null };
  }

  /** Está hecha, y se puede volver atrás hasta que alguien o el reloj decida. */
  wait(confirmBy: Date): void {
    this.#move('wait');
    this.#data = { ...this.#data, failure: null, finishedAt: null, confirmBy };
  }

  /** Lo que se le acaba de mandar al trabajador. */
  told(order: ToldOrder): void {
    this.#data = { ...this.#data, order };
  }

  /** Se le da otra vez su última orden. La cuenta empieza de nuevo con cada señal de vida. */
  ring(at: Date): number {
    const { rung, rungAt, movedAt } = this.#data;
    const again = rungAt !== null && rungAt >= movedAt ? rung + 1 : 1;
    this.#data = { ...this.#data, rung: again, rungAt: at };
    return again;
  }

  /** Se acepta una vez: la segunda decisión ya no la encuentra esperando. */
  decide(decision: 'confirm' | 'revert', at: Date): void {
    if (!this.#can(decision)) {
      throw new DomainError(
        'ILLEGAL_TRANSITION',
        `This operation is ${this.#data.state}; only a move that is AWAITING_CONFIRMATION is decided.`,
        'operationId',
      );
    }
    this.#move(decision);
    this.#data = { ...this.#data, movedAt: at };
  }

  /** FAILED sigue por el primer paso sin hacer; COMPENSATED empieza otra vez, que no queda nada hecho. */
  retry(at: Date): void {
    const { state, requestNo, steps } = this.#data;
    if (!this.#can('retry')) {
      throw new DomainError(
        busy.has(state) ? 'OPERATION_IN_PROGRESS' : 'ILLEGAL_TRANSITION',
        `This operation is ${state}; only one that is FAILED or COMPENSATED is retried.`,
        'operationId',
      );
    }
    this.#move('retry');
    const kept = state === 'FAILED' ? settled : new Set<OperationStepState['state']>();
    this.#data = {
      ...this.#data,
      state: steps.some((step) => kept.has(step.state)) ? 'RUNNING' : 'SCHEDULED',
      requestNo: requestNo + 1,
      attempt: 0,
      failure: null,
      finishedAt: null,
      movedAt: at,
      steps: steps.map((step) => (kept.has(step.state) ? step : { ...step, ...untouched })),
    };
  }

  succeed(at: Date): void {
    this.#move('succeed');
    this.#data = { ...this.#data, failure: null, finishedAt: at };
  }

  fail(failure: Failure, at: Date): void {
    this.#move('fail');
    this.#data = { ...this.#data, failure, finishedAt: at };
  }

  compensated(failure: Failure, at: Date): void {
    this.#move('compensate');
    this.#data = { ...this.#data, failure, finishedAt: at };
  }

  #can(action: OperationAction): boolean {
    return operationTransitions[this.#data.state][action] !== undefined;
  }

  #move(action: OperationAction): void {
    const state = operationTransitions[this.#data.state][action];
    if (state === undefined) {
      throw new PermanentError(
        'ILLEGAL_TRANSITION',
        `an operation that is ${this.#data.state} cannot ${action}`,
      );
    }
    this.#data = { ...this.#data, state, confirmBy: null };
  }
}
