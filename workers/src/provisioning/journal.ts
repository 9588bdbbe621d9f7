import type { OutgoingEvent } from '@farutech/contracts/contract';
import { type OperationKind, operationSteps } from '@farutech/contracts/provisioning';
import { PermanentError } from '@farutech/kernel/errors';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { FencedError } from '@farutech/messaging/consume';
import { insertOutbox, outboxRecords } from '@farutech/messaging/outbox';
import type { Pool, PoolClient } from 'pg';
import {
  type Claim,
  type ClaimOutcome,
  claimedRow,
  JournalUnavailableError,
  moveReverted,
  type Order,
  restingRow,
} from './job.ts';
import type { StepRow } from './job-steps.ts';
import { reopen } from './reopen.ts';
import { inTransaction } from './transaction.ts';

export interface Journal {
  /** Anota la petición. `older`: otra con número más alto ya la dejó atrás. */
  open(kind: OperationKind, order: Order): Promise<'open' | 'older'>;
  /** Lo que se decidió sobre un traslado que esperaba. Decidido ya, o desconocido, no cambia nada. */
  decide(operationId: string, decision: 'confirm' | 'revert'): Promise<void>;
  claim(operationId: string, cause: Cause): Promise<ClaimOutcome>;
  isMine(claim: Claim): Promise<boolean>;
  /** Alarga el plazo. `false`: ya es de otro. */
  beat(claim: Claim): Promise<boolean>;
  /**
   * De `before` a `after` en una sola sentencia, con los pasos tocados y los hechos. FencedError si ya no es nuestra.
   */
  write(
    before: Claim,
    after: Claim,
    steps: readonly StepRow[],
    events: readonly OutgoingEvent[],
    at: Date,
  ): Promise<void>;
  /** Una transacción en la que la operación es nuestra de principio a fin, para un efecto que vive en esta base. */
  guarded<T>(claim: Claim, work: (tx: PoolClient) => Promise<T>): Promise<T>;
  /** Los hechos de la operación salen otra vez: quien los cuenta descarta los que ya tiene. */
  tellAgain(operationId: string): Promise<void>;
}

/** De dos operaciones de una instancia va primero la que llegó antes: la otra espera a que acabe. */
const older = `older.instance_id = job.instance_id AND older.state IN ('RUNNING', 'COMPENSATING')
  AND (older.created_at, older.operation_id) < (job.created_at, job.operation_id)`;

const leaseOf = (job: string): string => `(extract(epoch FROM ${job}.lease_until - now()) * 1000)::float8`;

/**
 * Un avance entero en una ida y vuelta: con BEGIN, seis sentencias y COMMIT era la mitad de lo que costaba una
 * instancia. El número del último hecho y la época dicen si quien escribe sigue siendo su dueño.
 */
const writeJournal = `
  WITH mine AS (
    UPDATE job SET fact_no = $4, lease_until = now() + $5::float8 * interval '1 ms', state = $6::job_state,
      claims = $7, failures = $8, failure = $9, finished_at = $10
    WHERE operation_id = $1 AND epoch = $2 AND fact_no = $3 AND state IN ('RUNNING', 'COMPENSATING')
    RETURNING operation_id
  ), moved AS (
    UPDATE job_step SET state = new.state, epoch = $2, attempt = new.attempt, detail = new.detail,
      started_at = new."startedAt", finished_at = new."finishedAt"
    FROM mine, jsonb_to_recordset($11::jsonb) AS new (name text, state text, attempt int, detail text,
      "startedAt" timestamptz, "finishedAt" timestamptz)
    WHERE job_step.operation_id = mine.operation_id AND job_step.name = new.name
  ), told AS (
    ${insertOutbox('$12', 'mine,')}
  )
  SELECT 1 FROM mine`;

const fenced = ({ operationId, epoch }: Claim): FencedError =>
  new FencedError(`operation ${operationId} is no longer at ${epoch}`);

export function createJournal(parts: {
  readonly pool: Pool;
  readonly newId: NewId;
  /** Único por proceso: lo que este proceso soltó sin poder decirlo lo retoma él mismo sin esperar al plazo. */
  readonly worker: string;
  readonly leaseMs: number;
}): Journal {
  const { pool, newId, worker, leaseMs } = parts;

  /** Por qué no se pudo reclamar. */
  async function whyNot(operationId: string): Promise<ClaimOutcome> {
    const { rows } = await pool.query(
      `SELECT job.state, job.failure, ${leaseOf('job')} AS "leaseMs",
         older.operation_id AS "olderId", ${leaseOf('older')} AS "olderLeaseMs"
       FROM job LEFT JOIN job AS older ON ${older}
       WHERE job.operation_id = $1 ORDER BY older.created_at, older.operation_id LIMIT 1`,
      [operationId],
    );
    if (rows.length === 0) throw new PermanentError('OPERATION_UNKNOWN', `no operation ${operationId}`);
    const job = restingRow.parse(rows[0]);
    if (!['RUNNING', 'COMPENSATING'].includes(job.state)) return { kind: 'resting', failure: job.failure };
    if (job.olderId === null) return { kind: 'busy', leaseMs: job.leaseMs ?? 0 };
    const olderLeaseMs = job.olderLeaseMs ?? 0;
    return olderLeaseMs > 0
      ? { kind: 'busy', leaseMs: olderLeaseMs }
      : { kind: 'behind', olderId: job.olderId };
  }

  return {
    async open(kind, order) {
      const { rowCount } = await pool.query({
        name: 'journal-open',
        text: `WITH born AS (
           INSERT INTO job (operation_id, instance_id, kind, input, state, request_no, created_at)
           VALUES ($1, $2, $3, $4, 'RUNNING', $5, now()) ON CONFLICT (operation_id) DO NOTHING RETURNING operation_id)
         INSERT INTO job_step (operation_id, ord, name, state)
         SELECT operation_id, ord - 1, name, 'PENDING' FROM born, unnest($6::text[]) WITH ORDINALITY AS step(name, ord)`,
        values: [
          order.operationId,
          order.instanceId,
          kind,
          order,
          order.requestNo,
          [...operationSteps[kind]],
        ],
      });
      return rowCount === 0 ? await reopen(pool, order) : 'open';
    },

    async decide(operationId, decision) {
      const reverted = {
        step: 'confirm',
        code: moveReverted,
        message: 'The move was taken back.',
        attempt: 1,
      };
      await pool.query(
        decision === 'confirm'
          ? `UPDATE job SET state = 'RUNNING', confirmed = true, failures = 0, claims = 0
             WHERE operation_id = $1 AND state = 'AWAITING_CONFIRMATION'`
          : `UPDATE job SET state = 'COMPENSATING', failure = $2, failures = 0, claims = 0
             WHERE operation_id = $1 AND state = 'AWAITING_CONFIRMATION'`,
        decision === 'confirm' ? [operationId] : [operationId, reverted],
      );
    },

    async claim(operationId, cause) {
      const { rows } = await pool.query({
        name: 'journal-claim',
        text: `UPDATE job SET epoch = epoch + 1, claims = claims + 1, worker = $2, lease_until = now() + $3 * interval '1 ms'
         WHERE operation_id = $1 AND state IN ('RUNNING', 'COMPENSATING')
           AND (lease_until IS NULL OR lease_until < now() OR worker = $2)
           AND NOT EXISTS (SELECT 1 FROM job AS older WHERE ${older})
         RETURNING kind, input, state, epoch, claims, failures, failure, confirmed, fact_no AS "factNo"`,
        values: [operationId, worker, leaseMs],
      });
      if (rows.length > 0) {
        const row = claimedRow.parse(rows[0]);
        const attempt = row.failure?.attempt ?? row.failures + 1;
        return { kind: 'mine', claim: { ...row, operationId, cause, attempt, resting: false } };
      }
      return await whyNot(operationId);
    },

    async isMine(claim) {
      const { rowCount } = await pool.query({
        name: 'journal-mine',
        text: 'SELECT 1 FROM job WHERE operation_id = $1 AND epoch = $2',
        values: [claim.operationId, claim.epoch],
      });
      return rowCount === 1;
    },

    async beat(claim) {
      const { rowCount } = await pool.query(
        // Soltada, un latido que venía de camino no la vuelve a atar: quien deba seguir con ella esperaría el plazo entero.
        `UPDATE job SET lease_until = now() + $3 * interval '1 ms'
         WHERE operation_id = $1 AND epoch = $2 AND lease_until IS NOT NULL`,
        [claim.operationId, claim.epoch, leaseMs],
      );
      return rowCount === 1;
    },

    async write(before, after, steps, events, at) {
      const { operationId, epoch, cause } = before;
      const over = !['RUNNING', 'COMPENSATING'].includes(after.state);
      let mine: number | null;
      try {
        ({ rowCount: mine } = await pool.query({
          name: 'journal-write',
          text: writeJournal,
          values: [
            operationId,
            epoch,
            before.factNo,
            after.factNo,
            over || after.resting ? null : leaseMs,
            after.state,
            after.claims,
            after.failures,
            after.failure,
            over && after.state !== 'AWAITING_CONFIRMATION' ? at : null,
            JSON.stringify(steps),
            JSON.stringify(outboxRecords(newId, cause, at, events)),
          ],
        }));
      } catch (error) {
        throw new JournalUnavailableError('the journal could not be written', { cause: error });
      }
      if (mine === 0) throw fenced(before);
    },

    guarded: (claim, work) =>
      inTransaction(pool, async (tx) => {
        // La actualización bloquea la fila: hasta el COMMIT nadie más puede reclamar la operación.
        const { rowCount } = await tx.query({
          name: 'journal-guard',
          text: `UPDATE job SET lease_until = now() + $3 * interval '1 ms'
                 WHERE operation_id = $1 AND epoch = $2 AND state IN ('RUNNING', 'COMPENSATING')`,
          values: [claim.operationId, claim.epoch, leaseMs],
        });
        if (rowCount === 0) throw fenced(claim);
        return await work(tx);
      }),

    async tellAgain(operationId) {
      const { rowCount } = await pool.query(
        `UPDATE outbox SET sent_at = NULL FROM job, generate_series(1, job.fact_no) AS n
         WHERE job.operation_id = $1::uuid AND message_id = 'fact:' || $1 || ':' || n AND sent_at IS NOT NULL`,
        [operationId],
      );
      if (rowCount !== 0) await pool.query(`SELECT pg_notify('outbox', '')`);
    },
  };
}
