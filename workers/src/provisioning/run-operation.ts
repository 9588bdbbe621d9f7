import { maxAttempts } from '@farutech/contracts/provisioning';
import { TransientError } from '@farutech/kernel/errors';
import { FencedError } from '@farutech/messaging/consume';
import { describeFailure } from './failure.ts';
import type { InjectFault } from './fault.ts';
import { type Claim, type JobFailure, JournalUnavailableError } from './job.ts';
import type { Journal } from './journal.ts';
import { type Progress, readSteps, type StepRow } from './progress.ts';
import { readReservation } from './reservation.ts';
import { openSessions } from './session.ts';
import type { OperationRun, Step, Surroundings } from './step.ts';
import { onDatabase, tenantDatabaseName } from './tenant-names.ts';

/** Reclamada tantas veces sin avanzar: el mensaje mata a quien lo atiende, y seguir sería matarlos a todos. */
const maxClaims = 10;

export type Outcome =
  | { readonly kind: 'succeeded' }
  /** Acabó mal, y ya se ha contado. */
  | { readonly kind: 'ended'; readonly failure: JobFailure }
  /** Falló y le quedan intentos. */
  | { readonly kind: 'again'; readonly failures: number; readonly error: unknown };

export interface Engine {
  readonly surroundings: Surroundings;
  readonly journal: Journal;
  readonly progress: Progress;
  readonly steps: readonly Step[];
  readonly injectFault: InjectFault;
  readonly leaseMs: number;
}

/** La operación como la ven sus pasos, con las sesiones que vaya abriendo. */
export function openRun(engine: Engine, claim: Claim): { run: OperationRun; closeAll(): Promise<void> } {
  const { journal, surroundings } = engine;
  const { input, operationId, epoch } = claim;
  const isMine = (): Promise<boolean> => journal.isMine(claim);
  const sessions = openSessions({ operationId, epoch, isMine, log: surroundings.log });
  const own = input.databaseTier === 'ENTERPRISE';
  const homeUrl = own
    ? onDatabase(surroundings.tenantServerUrl, tenantDatabaseName(input.instanceId))
    : surroundings.shared.url;
  // La propia se quita y se crea desde fuera de ella; para un Standard basta la sesión de la compartida.
  const serverUrl = own ? surroundings.tenantServerUrl : homeUrl;
  const run: OperationRun = {
    ...surroundings,
    input,
    server: () => sessions.open(serverUrl),
    home: () => sessions.open(homeUrl),
    leaveHome: () => sessions.close(homeUrl),
    guarded: (work) => journal.guarded(claim, work),
  };
  return { run, closeAll: () => sessions.closeAll() };
}

/** Rechaza con FencedError cuando la operación ya es de otro, y con JournalUnavailableError si no se puede anotar. */
export async function runOperation(engine: Engine, claim: Claim): Promise<Outcome> {
  const { journal, surroundings } = engine;
  const { run, closeAll } = openRun(engine, claim);
  const beat = setInterval(() => {
    journal
      .beat(claim)
      .then((mine) => (mine ? undefined : closeAll()))
      .catch((error: unknown) => surroundings.log.warn({ err: error }, 'the lease could not be extended'));
  }, engine.leaseMs / 3);
  try {
    const rows = await readSteps(surroundings.pool, claim.operationId);
    return claim.state === 'COMPENSATING' && claim.failure !== null
      ? await undoAll(engine, run, claim, claim.failure, rows)
      : await doAll(engine, run, claim, rows);
  } finally {
    clearInterval(beat);
    await closeAll();
  }
}

const stateOf = (rows: readonly StepRow[], step: Step): StepRow['state'] =>
  rows.find((row) => row.name === step.name)?.state ?? 'PENDING';

async function doAll(
  engine: Engine,
  run: OperationRun,
  claim: Claim,
  rows: readonly StepRow[],
): Promise<Outcome> {
  for (const step of engine.steps) {
    const state = stateOf(rows, step);
    if (state === 'DONE' || state === 'SKIPPED') continue;
    try {
      await doStep(engine, run, claim, step, state !== 'RUNNING');
    } catch (error) {
      const { permanent, ...failure } = judge(error, claim, step);
      if (!permanent) return await failed(engine, claim, failure, error);
      run.log.warn({ err: error, ...about(claim, failure) }, 'a step cannot be done: undoing what was done');
      const undoing = await engine.progress.compensating(claim, failure);
      const left = await readSteps(run.pool, claim.operationId);
      return await undoAll(engine, run, undoing, failure, left);
    }
  }
  return { kind: 'succeeded' };
}

async function doStep(
  engine: Engine,
  run: OperationRun,
  claim: Claim,
  step: Step,
  firstTime: boolean,
): Promise<void> {
  const { progress, injectFault } = engine;
  const attempt = await progress.running(claim, step.name);
  const moment = { step: step.name, instanceCode: claim.input.instanceCode, attempt, firstTime };
  refuseDeadly(claim);
  injectFault('begun', moment);
  // Antes del primer acto, también de los que viven en nuestra base: desde aquí ningún predecesor actúa.
  await run.server();
  const seen = await step.observe(run);
  injectFault('observed', moment);
  if (seen === 'missing') await step.act(run);
  injectFault('acted', moment);
  if (typeof seen === 'object') await progress.settled(claim, step.name, 'SKIPPED', seen.skip);
  else if (step !== engine.steps.at(-1)) await progress.settled(claim, step.name, 'DONE', null);
  else {
    const reserved = await readReservation(run);
    if (reserved === undefined) throw new TypeError('una operación llega al final sin nada reservado');
    await progress.succeeded(claim, step.name, {
      databaseId: reserved.database_name,
      connectionCiphertext: reserved.connection_cipher,
    });
  }
  injectFault('done', moment);
}

/** En orden inverso, los pasos DONE y también los que quedaron RUNNING o FAILED: quien murió pudo actuar sin decirlo. */
async function undoAll(
  engine: Engine,
  run: OperationRun,
  claim: Claim,
  cause: JobFailure,
  rows: readonly StepRow[],
): Promise<Outcome> {
  const { progress, injectFault, steps } = engine;
  // Quien retoma lo que otro deshacía trae su propia reclamación; quien viene de hacer, la misma con la que hizo.
  const moment = {
    instanceCode: claim.input.instanceCode,
    attempt: claim.failures + 1,
    firstTime: claim.claims <= 1,
  };
  for (const step of steps.toReversed()) {
    if (!['DONE', 'RUNNING', 'FAILED'].includes(stateOf(rows, step))) continue;
    try {
      refuseDeadly(claim);
      await run.server();
      injectFault('undoing', { ...moment, step: step.name });
      await step.undo(run);
      injectFault('undone', { ...moment, step: step.name });
      await progress.undone(claim, step.name);
    } catch (error) {
      const { permanent: _, ...failure } = judge(error, claim, step);
      return await failed(engine, claim, failure, error);
    }
  }
  await progress.compensated(claim, cause);
  return { kind: 'ended', failure: cause };
}

async function failed(engine: Engine, claim: Claim, failure: JobFailure, error: unknown): Promise<Outcome> {
  const { code, message, step, attempt } = failure;
  const exhausted = code === deadly ? { ...claim, failures: maxAttempts - 1 } : claim;
  const last = await engine.progress.failed(exhausted, { step, code, message, attempt });
  engine.surroundings.log.warn({ err: error, last, ...about(claim, failure) }, 'a step failed');
  return last ? { kind: 'ended', failure } : { kind: 'again', failures: claim.failures + 1, error };
}

const about = (claim: Claim, { step, code, attempt }: JobFailure) => ({
  operationId: claim.operationId,
  instanceId: claim.input.instanceId,
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
