import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import {
  maxAttempts,
  operationAwaitsConfirmation,
  operationCompensated,
  operationFailed,
  operationStepChanged,
} from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import type { Claim, JobFailure, JobState } from './job.ts';
import type { StepRow, StepState } from './job-steps.ts';
import type { Journal } from './journal.ts';
import type { Telling } from './step.ts';

/** Un paso que acaba de hacerse y aún no consta. */
export interface Settled {
  readonly name: string;
  readonly state: 'DONE' | 'SKIPPED';
  readonly detail: string | null;
  readonly tellings: readonly Telling[];
  readonly attempt: number;
  readonly firstTime: boolean;
}

/** Una operación reclamada y cuanto de ella se anota. Quien la tiene es el único que escribe: lo que leyó, vale. */
export interface OperationRecord {
  readonly claim: Claim;
  readonly steps: readonly StepRow[];
  /** Empieza un paso, y anota el de antes en la misma transacción. Da el intento por el que va. */
  begin(step: string, before?: Settled): Promise<number>;
  /** Lo que falta espera a que alguien lo decida: la operación queda sin dueño hasta entonces. */
  waiting(step: string, before?: Settled): Promise<void>;
  succeeded(last: Settled | undefined, ending: Telling): Promise<void>;
  /** Un intento fallido. `true`: era el último, y la operación ha acabado. */
  failed(failure: JobFailure, giveUp?: boolean): Promise<boolean>;
  /** No tiene arreglo: desde aquí se deshace, con una cuenta de intentos propia. */
  compensating(failure: JobFailure): Promise<void>;
  undone(step: string, detail: string | null, tellings: readonly Telling[]): Promise<void>;
  compensated(failure: JobFailure): Promise<void>;
  /** Cuenta otra vez el paso en marcha: quien tarda una hora en copiar sigue vivo, y quien vigila debe saberlo. */
  alive(): Promise<void>;
}

const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;
const bare = ({ step, code, message }: JobFailure) => ({ step, code, message });

/** Cada avance de una operación es una sola sentencia: las filas de los pasos, la del trabajo y sus hechos. */
export function openRecord(
  journal: Journal,
  clock: Clock,
  first: Claim,
  rows: readonly StepRow[],
): OperationRecord {
  let claim = first;
  let steps = rows;

  /** Quien retoma un paso que quedó RUNNING sigue en el mismo intento: morir no es fallar. */
  function moved(name: string, state: StepState, detail: string | null, at: Date): StepRow {
    const known = steps.find((row) => row.name === name);
    if (known === undefined) throw new TypeError(`la operación no tiene un paso ${name}`);
    const begins = state === 'RUNNING' && known.state !== 'RUNNING';
    const row: StepRow = {
      ...known,
      state,
      detail,
      attempt: known.attempt + (begins ? 1 : 0),
      startedAt: begins ? at : known.startedAt,
      finishedAt: state === 'RUNNING' ? null : at,
    };
    steps = steps.map((one) => (one === known ? row : one));
    return row;
  }

  /** De una en una: «sigo vivo» lo escribe un temporizador, y los números de los hechos son correlativos. */
  let last: Promise<void> = Promise.resolve();
  function write(...parts: Parameters<typeof writeNow>): Promise<void> {
    const mine = last.then(() => writeNow(...parts));
    last = mine.catch(() => undefined);
    return mine;
  }

  /** Se escribe de una vez: lo que cambia del trabajo, los pasos tocados y los hechos, con sus números. */
  async function writeNow(
    change: Partial<JobState>,
    touched: readonly StepRow[],
    tellings: readonly Telling[],
    at: Date,
  ): Promise<void> {
    const next: Claim = { ...claim, ...change, factNo: claim.factNo + tellings.length };
    const heads = tellings.map((_, index) => ({
      operationId: claim.operationId,
      instanceId: claim.input.instanceId,
      epoch: claim.epoch,
      n: claim.factNo + 1 + index,
      attempt: claim.attempt,
    }));
    const events = tellings.map((telling, index): OutgoingEvent => {
      const head = heads[index];
      if (head === undefined) throw new TypeError('se contó un hecho sin número');
      return { ...telling(head, at.toISOString()), messageId: `fact:${head.operationId}:${head.n}` };
    });
    await journal.write(claim, next, touched, events, at);
    claim = next;
  }

  const stepTold =
    (operationState: 'RUNNING' | 'COMPENSATING', row: StepRow): Telling =>
    (head) =>
      tell(operationStepChanged, {
        ...head,
        operationState,
        step: { ...row, startedAt: isoOrNull(row.startedAt), finishedAt: isoOrNull(row.finishedAt) },
      });

  /** El paso de antes, si lo hay: hubo avance, y lo que mató a otros trabajadores no cuenta contra lo que viene. */
  function settle(before: Settled | undefined, at: Date) {
    if (before === undefined) return { rows: [], tellings: [], change: {} };
    const row = moved(before.name, before.state, before.detail, at);
    return {
      rows: [row],
      tellings: [stepTold('RUNNING', row), ...before.tellings],
      change: { claims: 0 },
    };
  }

  return {
    get claim() {
      return claim;
    },
    get steps() {
      return steps;
    },

    async begin(step, before) {
      const at = clock();
      const settled = settle(before, at);
      const row = moved(step, 'RUNNING', null, at);
      await write(
        settled.change,
        [...settled.rows, row],
        [...settled.tellings, stepTold('RUNNING', row)],
        at,
      );
      return row.attempt;
    },

    async waiting(step, before) {
      const at = clock();
      const settled = settle(before, at);
      const row = moved(step, 'RUNNING', 'Waits for confirmTenantMove or revertTenantMove.', at);
      await write(
        { state: 'AWAITING_CONFIRMATION', claims: 0 },
        [...settled.rows, row],
        [
          ...settled.tellings,
          stepTold('RUNNING', row),
          (head, waitsSince) => tell(operationAwaitsConfirmation, { ...head, waitsSince }),
        ],
        at,
      );
    },

    async succeeded(last, ending) {
      const at = clock();
      const settled = settle(last, at);
      await write({ state: 'SUCCEEDED', failure: null }, settled.rows, [...settled.tellings, ending], at);
    },

    async failed(failure, giveUp = false) {
      const at = clock();
      const last = giveUp || claim.failures + 1 >= maxAttempts;
      const told = claim.state === 'COMPENSATING' ? 'COMPENSATING' : 'RUNNING';
      const row = moved(failure.step, 'FAILED', failure.message, at);
      const counted = { failures: claim.failures + 1, claims: 0 };
      if (last) {
        await write(
          { ...counted, state: 'FAILED', failure },
          [row],
          [
            stepTold(told, row),
            (head, failedAt) => tell(operationFailed, { ...head, failure: bare(failure), failedAt }),
          ],
          at,
        );
      } else await write({ ...counted, resting: true }, [row], [stepTold(told, row)], at);
      return last;
    },

    async compensating(failure) {
      const at = clock();
      const row = moved(failure.step, 'FAILED', failure.message, at);
      await write(
        { state: 'COMPENSATING', failure, failures: 0, claims: 0 },
        [row],
        [stepTold('COMPENSATING', row)],
        at,
      );
      claim = { ...claim, attempt: failure.attempt };
    },

    async undone(step, detail, tellings) {
      const at = clock();
      const row = moved(step, 'UNDONE', detail, at);
      await write({ claims: 0 }, [row], [stepTold('COMPENSATING', row), ...tellings], at);
    },

    async compensated(failure) {
      await write(
        { state: 'COMPENSATED', failure },
        [],
        [
          (head, compensatedAt) =>
            tell(operationCompensated, { ...head, failure: bare(failure), compensatedAt }),
        ],
        clock(),
      );
    },

    async alive() {
      const state = claim.state === 'COMPENSATING' ? 'COMPENSATING' : 'RUNNING';
      const row = steps.find((step) => step.state === 'RUNNING');
      if (row !== undefined) await write({}, [], [stepTold(state, row)], clock());
    },
  };
}
