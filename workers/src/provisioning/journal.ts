import type { OutgoingEvent } from '@farutech/contracts/contract';
import { provisionSteps } from '@farutech/contracts/provisioning';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { FencedError } from '@farutech/messaging/consume';
import { writeOutbox } from '@farutech/messaging/outbox';
import type { Pool, PoolClient } from 'pg';
import {
  type Claim,
  type ClaimOutcome,
  claimedRow,
  type FactHead,
  JournalUnavailableError,
  type ProvisionInput,
  restingRow,
} from './job.ts';
import { reopen } from './reopen.ts';
import { inTransaction } from './transaction.ts';

export interface Journal {
  /** Anota la petición. `older`: otra con número más alto ya la dejó atrás. */
  open(input: ProvisionInput): Promise<'open' | 'older'>;
  claim(operationId: string, cause: Cause): Promise<ClaimOutcome>;
  isMine(claim: Claim): Promise<boolean>;
  /** Alarga el plazo. `false`: ya es de otro. */
  beat(claim: Claim): Promise<boolean>;
  /** Una transacción en la que la operación es nuestra de principio a fin, con `facts` hechos que contar. */
  write(
    claim: Claim,
    facts: number,
    work: (tx: PoolClient, heads: readonly FactHead[]) => Promise<readonly OutgoingEvent[]>,
  ): Promise<void>;
  /** Lo mismo sin contar nada, para un efecto que vive en la base de los trabajadores. */
  guarded<T>(claim: Claim, work: (tx: PoolClient) => Promise<T>): Promise<T>;
  /** Los hechos de la operación salen otra vez: quien los cuenta descarta los que ya tiene. */
  tellAgain(operationId: string): Promise<void>;
}

export function createJournal(parts: {
  readonly pool: Pool;
  readonly newId: NewId;
  /** Único por proceso: lo que este proceso soltó sin poder decirlo lo retoma él mismo sin esperar al plazo. */
  readonly worker: string;
  readonly leaseMs: number;
}): Journal {
  const { pool, newId, worker, leaseMs } = parts;

  /** La actualización bloquea la fila: hasta el COMMIT nadie más puede reclamar la operación. */
  async function hold(tx: PoolClient, claim: Claim, facts: number): Promise<{ lastFact: number; at: Date }> {
    const { rows } = await tx.query<{ fact_no: number; at: Date }>(
      `UPDATE job SET fact_no = fact_no + $3, lease_until = now() + $4 * interval '1 ms'
       WHERE operation_id = $1 AND epoch = $2 AND state IN ('RUNNING', 'COMPENSATING') RETURNING fact_no, now() AS at`,
      [claim.operationId, claim.epoch, facts, leaseMs],
    );
    const [row] = rows;
    if (row === undefined)
      throw new FencedError(`operation ${claim.operationId} is no longer at ${claim.epoch}`);
    return { lastFact: row.fact_no, at: row.at };
  }

  return {
    async open(input) {
      const { rowCount } = await pool.query(
        `WITH born AS (
           INSERT INTO job (operation_id, instance_id, kind, input, state, request_no, created_at)
           VALUES ($1, $2, 'PROVISION', $3, 'RUNNING', $4, now()) ON CONFLICT (operation_id) DO NOTHING RETURNING operation_id)
         INSERT INTO job_step (operation_id, ord, name, state)
         SELECT operation_id, ord - 1, name, 'PENDING' FROM born, unnest($5::text[]) WITH ORDINALITY AS step(name, ord)`,
        [input.operationId, input.instanceId, input, input.requestNo, [...provisionSteps]],
      );
      return rowCount === 0 ? await reopen(pool, input) : 'open';
    },

    async claim(operationId, cause) {
      const { rows } = await pool.query(
        `UPDATE job SET epoch = epoch + 1, claims = claims + 1, worker = $2, lease_until = now() + $3 * interval '1 ms'
         WHERE operation_id = $1 AND state IN ('RUNNING', 'COMPENSATING')
           AND (lease_until IS NULL OR lease_until < now() OR worker = $2)
         RETURNING input, state, epoch, claims, failures, failure`,
        [operationId, worker, leaseMs],
      );
      if (rows.length > 0) {
        const row = claimedRow.parse(rows[0]);
        const attempt = row.failure?.attempt ?? row.failures + 1;
        return { kind: 'mine', claim: { ...row, operationId, cause, attempt } };
      }
      const { rows: resting } = await pool.query(
        `SELECT state, failure, (extract(epoch FROM lease_until - now()) * 1000)::float8 AS "leaseMs" FROM job WHERE operation_id = $1`,
        [operationId],
      );
      const job = restingRow.parse(resting[0]);
      const alive = ['RUNNING', 'COMPENSATING'].includes(job.state);
      return alive ? { kind: 'busy', leaseMs: job.leaseMs ?? 0 } : { kind: 'ended', failure: job.failure };
    },

    async isMine(claim) {
      const { rowCount } = await pool.query('SELECT 1 FROM job WHERE operation_id = $1 AND epoch = $2', [
        claim.operationId,
        claim.epoch,
      ]);
      return rowCount === 1;
    },

    async beat(claim) {
      const { rowCount } = await pool.query(
        `UPDATE job SET lease_until = now() + $3 * interval '1 ms' WHERE operation_id = $1 AND epoch = $2`,
        [claim.operationId, claim.epoch, leaseMs],
      );
      return rowCount === 1;
    },

    async write(claim, facts, work) {
      try {
        await inTransaction(pool, async (tx) => {
          const { lastFact, at } = await hold(tx, claim, facts);
          const heads = Array.from({ length: facts }, (_, index) => ({
            operationId: claim.operationId,
            instanceId: claim.input.instanceId,
            epoch: claim.epoch,
            n: lastFact - facts + 1 + index,
            attempt: claim.attempt,
          }));
          const events = (await work(tx, heads)).map((event, index) => ({
            ...event,
            messageId: `fact:${claim.operationId}:${heads[index]?.n}`,
          }));
          const execute = async (sql: string, params: readonly unknown[]): Promise<number> =>
            (await tx.query(sql, [...params])).rowCount ?? 0;
          await writeOutbox(execute, newId, claim.cause, at, events);
        });
      } catch (error) {
        if (error instanceof FencedError) throw error;
        throw new JournalUnavailableError('the journal could not be written', { cause: error });
      }
    },

    guarded: (claim, work) =>
      inTransaction(pool, async (tx) => {
        await hold(tx, claim, 0);
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
