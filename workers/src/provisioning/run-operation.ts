import type { OperationKind } from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { TransientError } from '@farutech/kernel/errors';
import { FencedError } from '@farutech/messaging/consume';
import { describeFailure } from './failure.ts';
import type { InjectFault } from './fault.ts';
import { type Claim, type JobFailure, JournalUnavailableError } from './job.ts';
import { readSteps, type StepRow } from './job-steps.ts';
import type { Journal } from './journal.ts';
import { type OpenRun, type Ownership, openRun } from './open-run.ts';
import type { OperationPlan } from './operation-plan.ts';
import { type OperationRecord, openRecord, type Settled } from './operation-record.ts';
import type { Step, Surroundings } from './step.ts';

/** Reclamada tantas veces sin avanzar: el mensaje mata a quien lo atiende, y seguir sería matarlos a todos. */
const maxClaims = 10;

/** La mitad de lo que tenancy espera antes de llamar otra vez a quien no cuenta nada. */
const aliveEveryMs = 30_000;

export type Outcome =
  /** Acabó bien, o espera a que se decida sobre ella. */
  | { readonly kind: 'done' }
  /** Acabó mal, y ya se ha contado. */
  | { readonly kind: 'ended'; readonly failure: JobFailure }
  /** Falló y le quedan intentos. */
  | { readonly kind: 'again'; readonly failures: number; readonly error: unknown };

export interface Engine {
  readonly surroundings: Surroundings;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly plans: Readonly<Record<OperationKind, OperationPlan>>;
  readonly injectFault: InjectFault;
  readonly leaseMs: number;
}

/** Lo que comparte cuanto se hace con una operación reclamada. */
interface Work {
  readonly engine: Engine;
  readonly plan: OperationPlan;
  readonly record: OperationRecord;
  readonly open: OpenRun;
}

/** Rechaza con FencedError cuando la operación ya es de otro, y con JournalUnavailableError si no se puede anotar. */
export async function runOperation(engine: Engine, claim: Claim): Promise<Outcome> {
  const { journal, surroundings } = engine;
  const open = openRun(surroundings, ownershipOf(journal, claim), claim);
  const beat = setInterval(() => {
    journal
      .beat(claim)
      .then((mine) => (mine ? undefined : open.closeAll()))
      .catch((error: unknown) => surroundings.log.warn({ err: error }, 'the lease could not be extended'));
  }, engine.leaseMs / 3);
  let stillAtWork: NodeJS.Timeout | undefined;
  try {
    const rows = await readSteps(surroundings.pool, claim.operationId);
    const record = openRecord(journal, engine.clock, claim, rows);
    stillAtWork = setInterval(() => {
      record
        .alive()
        .catch((error: unknown) =>
          surroundings.log.warn({ err: error }, 'nobody was told that work goes on'),
        );
    }, aliveEveryMs);
    const work = { engine, plan: engine.plans[claim.kind], record, open };
    if (claim.state === 'COMPENSATING' && claim.failure !== null) return await undoAll(work, claim.failure);
    const outcome = await doAll(work);
    // Tras un fallo, o perdida la operación, no se sabe qué quedó a medias en ellas: se cierran.
    if (outcome.kind === 'done') await open.giveBack();
    return outcome;
  } finally {
    clearInterval(beat);
    clearInterval(stillAtWork);
    await open.closeAll();
  }
}

export const ownershipOf = (journal: Journal, claim: Claim): Ownership => ({
  isMine: () => journal.isMine(claim),
  guarded: (work) => journal.guarded(claim, work),
});

const stateOf = (rows: readonly StepRow[], step: Step): StepRow['state'] =>
  rows.find((row) => row.name === step.name)?.state ?? 'PENDING';

/** El final de un paso se anota con el principio del siguiente: la mitad de escrituras, y los mismos hechos. */
async function doAll(work: Work): Promise<Outcome> {
  const { plan, record, open } = work;
  const { confirmed } = record.claim;
  const found = record.steps;
  let last: Settled | undefined;
  for (const step of plan.steps) {
    const state = stateOf(found, step);
    if (state === 'DONE' || state === 'SKIPPED') continue;
    if (step.waits && !confirmed) {
      await record.waiting(step.name, last);
      injectDone(work, last);
      return { kind: 'done' };
    }
    try {
      last = await doStep(work, step, last, state !== 'RUNNING');
    } catch (error) {
      const { permanent, ...failure } = judge(error, record.claim, step);
      if (!permanent) return await failed(work, failure, error);
      open.run.log.warn(
        { err: error, ...about(record.claim, failure) },
        'a step cannot be done: undoing what was done',
      );
      await record.compensating(failure);
      return await undoAll(work, failure);
    }
  }
  await record.succeeded(last, await plan.ending(open.run));
  injectDone(work, last);
  return { kind: 'done' };
}

async function doStep(
  work: Work,
  step: Step,
  before: Settled | undefined,
  firstTime: boolean,
): Promise<Settled> {
  const { engine, record, open } = work;
  const { run } = open;
  const attempt = await record.begin(step.name, before);
  injectDone(work, before);
  const moment = { step: step.name, instanceCode: record.claim.input.instanceCode, attempt, firstTime };
  refuseDeadly(record.claim);
  engine.injectFault('begun', moment);
  // Antes del primer acto, también de los que viven en nuestra base: desde aquí ningún predecesor actúa.
  await run.server();
  const seen = await step.observe(run);
  engine.injectFault('observed', moment);
  if (seen === 'missing') await step.act(run);
  engine.injectFault('acted', moment);
  const done = { name: step.name, attempt, firstTime };
  const detail = open.takeNote();
  return typeof seen === 'object'
    ? { ...done, state: 'SKIPPED', detail: seen.skip, tellings: [] }
    : { ...done, state: 'DONE', detail, tellings: (await step.tells?.(run)) ?? [] };
}

/** El paso de antes ya consta: quien muera aquí lo encuentra hecho. */
function injectDone({ engine, record }: Work, settled: Settled | undefined): void {
  if (settled === undefined) return;
  const { name: step, attempt, firstTime } = settled;
  engine.injectFault('done', { step, instanceCode: record.claim.input.instanceCode, attempt, firstTime });
}

/** En orden inverso, los pasos DONE y también los que quedaron RUNNING o FAILED: quien murió pudo actuar sin decirlo. */
async function undoAll(work: Work, cause: JobFailure): Promise<Outcome> {
  const { engine, plan, record, open } = work;
  const { run } = open;
  const found = record.steps;
  // Quien retoma lo que otro deshacía trae su propia reclamación; quien viene de hacer, la misma con la que hizo.
  const moment = {
    instanceCode: record.claim.input.instanceCode,
    attempt: record.claim.failures + 1,
    firstTime: record.claim.claims <= 1,
  };
  for (const step of plan.steps.toReversed()) {
    if (!['DONE', 'RUNNING', 'FAILED'].includes(stateOf(found, step))) continue;
    try {
      refuseDeadly(record.claim);
      await run.server();
      engine.injectFault('undoing', { ...moment, step: step.name });
      await step.undo(run);
      engine.injectFault('undone', { ...moment, step: step.name });
      await record.undone(step.name, open.takeNote(), (await step.tellsUndone?.(run)) ?? []);
    } catch (error) {
      const { permanent: _, ...failure } = judge(error, record.claim, step);
      return await failed(work, failure, error);
    }
  }
  await record.compensated(cause);
  return { kind: 'ended', failure: cause };
}

async function failed({ engine, record }: Work, failure: JobFailure, error: unknown): Promise<Outcome> {
  const last = await record.failed(failure, failure.code === deadly);
  engine.surroundings.log.warn({ err: error, last, ...about(record.claim, failure) }, 'a step failed');
  return last ? { kind: 'ended', failure } : { kind: 'again', failures: record.claim.failures, error };
}

const about = (claim: Claim, { step, code, attempt }: JobFailure) => ({
  operationId: claim.operationId,
  instanceId: claim.input.instanceId,
  kind: claim.kind,
  correlationId: claim.cause.correlationId,
  epoch: claim.epoch,
  step,
  code,
  attempt,
});

const deadly = 'WORKER_KEEPS_DYING';

function refuseDeadly({ claims }: Claim): void {
  if (claims <= maxClaims) return;
  const message = `${claims - 1} workers died at this step. Look at their logs, then retry.`;
  throw new TransientError(deadly, message);
}

/** Lo que no es un fallo del paso sigue su camino: otro tiene la operación, o no hay dónde anotarlo. */
function judge(error: unknown, claim: Claim, step: Step): JobFailure & { readonly permanent: boolean } {
  if (error instanceof FencedError || error instanceof JournalUnavailableError) throw error;
  const described = describeFailure(error, claim.cause.correlationId);
  return { ...described, step: step.name, attempt: claim.attempt };
}
