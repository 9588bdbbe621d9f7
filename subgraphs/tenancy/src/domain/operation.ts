import { OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import type {
  Failure,
  OperationData,
  OperationKind,
  OperationSnapshot,
  OperationState,
  OperationStepState,
  ReportedStep,
} from './operation-data.ts';

/** El lugar de un hecho entre los de su operación. */
export interface FactNumber {
  readonly n: number;
  readonly epoch: number;
  readonly attempt: number;
}

type Action = 'work' | 'undo' | 'succeed' | 'fail' | 'compensate';

/**
 * FAILED y COMPENSATED admiten hechos: el trabajador sigue tras un reintento, o tras una carta muerta que
 * tenancy dio por fracaso antes de que el trabajador hubiera dicho lo suyo.
 */
export const operationTransitions: Readonly<
  Record<OperationState, Readonly<Partial<Record<Action, OperationState>>>>
> = {
  SCHEDULED: {
    work: 'RUNNING',
    undo: 'COMPENSATING',
    succeed: 'SUCCEEDED',
    fail: 'FAILED',
    compensate: 'COMPENSATED',
  },
  RUNNING: {
    work: 'RUNNING',
    undo: 'COMPENSATING',
    succeed: 'SUCCEEDED',
    fail: 'FAILED',
    compensate: 'COMPENSATED',
  },
  AWAITING_CONFIRMATION: {},
  COMPENSATING: { undo: 'COMPENSATING', fail: 'FAILED', compensate: 'COMPENSATED' },
  SUCCEEDED: {},
  FAILED: {
    work: 'RUNNING',
    undo: 'COMPENSATING',
    succeed: 'SUCCEEDED',
    fail: 'FAILED',
    compensate: 'COMPENSATED',
  },
  COMPENSATED: { work: 'RUNNING' },
};

const ended: ReadonlySet<OperationState> = new Set(['SUCCEEDED', 'FAILED', 'COMPENSATED']);
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
    const steps = stepNames.map((name, ord) => ({
      ord,
      name,
      state: 'PENDING' as const,
      attempt: 0,
      detail: null,
      startedAt: null,
      finishedAt: null,
    }));
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

  #move(action: Action): void {
    const state = operationTransitions[this.#data.state][action];
    if (state === undefined) {
      throw new PermanentError(
        'ILLEGAL_TRANSITION',
        `an operation that is ${this.#data.state} cannot ${action}`,
      );
    }
    this.#data = { ...this.#data, state };
  }
}
