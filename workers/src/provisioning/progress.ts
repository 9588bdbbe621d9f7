import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import {
  maxAttempts,
  operationCompensated,
  operationFailed,
  operationStep,
  operationStepChanged,
  tenantInstanceProvisioned,
} from '@farutech/contracts/provisioning';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Claim, FactHead, JobFailure } from './job.ts';
import type { Journal } from './journal.ts';

const stepRow = operationStep.extend({ startedAt: z.date().nullable(), finishedAt: z.date().nullable() });
export type StepRow = z.output<typeof stepRow>;
export type StepState = StepRow['state'];

const columns = 'ord, name, state, attempt, detail, started_at AS "startedAt", finished_at AS "finishedAt"';

export async function readSteps(pool: Pool, operationId: string): Promise<readonly StepRow[]> {
  const { rows } = await pool.query(`SELECT ${columns} FROM job_step WHERE operation_id = $1 ORDER BY ord`, [
    operationId,
  ]);
  return z.array(stepRow).parse(rows);
}

interface Provisioned {
  readonly databaseId: string;
  readonly connectionCiphertext: string | null;
}

/** Cada avance de una operación: la fila del paso y su hecho, en la misma transacción del diario. */
export function createProgress(journal: Journal) {
  async function move(tx: PoolClient, claim: Claim, step: string, state: StepState, detail: string | null) {
    // Quien retoma un paso que quedó RUNNING sigue en el mismo intento: morir no es fallar.
    const { rows } = await tx.query(
      `UPDATE job_step SET state = $3, epoch = $4, detail = $5,
         attempt = attempt + CASE WHEN $3 = 'RUNNING' AND state <> 'RUNNING' THEN 1 ELSE 0 END,
         started_at = CASE WHEN $3 = 'RUNNING' AND state <> 'RUNNING' THEN now() ELSE started_at END,
         finished_at = CASE WHEN $3 = 'RUNNING' THEN NULL ELSE now() END
       WHERE operation_id = $1 AND name = $2 RETURNING ${columns}`,
      [claim.operationId, step, state, claim.epoch, detail],
    );
    return stepRow.parse(rows[0]);
  }

  const stepFact = (
    head: FactHead,
    operationState: 'RUNNING' | 'COMPENSATING',
    row: StepRow,
  ): OutgoingEvent =>
    tell(operationStepChanged, {
      ...head,
      operationState,
      step: {
        ...row,
        startedAt: row.startedAt?.toISOString() ?? null,
        finishedAt: row.finishedAt?.toISOString() ?? null,
      },
    });

  const headOf = (heads: readonly FactHead[], index: number): FactHead => {
    const head = heads[index];
    if (head === undefined) throw new TypeError('se contó un hecho sin número');
    return head;
  };

  const end = async (
    tx: PoolClient,
    claim: Claim,
    state: string,
    failure: JobFailure | null,
  ): Promise<string> => {
    const { rows } = await tx.query<{ at: Date }>(
      `UPDATE job SET state = $2::job_state, failure = $3, finished_at = now(), lease_until = NULL
       WHERE operation_id = $1 RETURNING finished_at AS at`,
      [claim.operationId, state, failure],
    );
    return (rows[0]?.at ?? new Date(Number.NaN)).toISOString();
  };

  return {
    async running(claim: Claim, step: string): Promise<number> {
      let attempt = 1;
      await journal.write(claim, 1, async (tx, heads) => {
        const row = await move(tx, claim, step, 'RUNNING', null);
        attempt = row.attempt;
        return [stepFact(headOf(heads, 0), 'RUNNING', row)];
      });
      return attempt;
    },

    async settled(
      claim: Claim,
      step: string,
      state: 'DONE' | 'SKIPPED',
      detail: string | null,
    ): Promise<void> {
      await journal.write(claim, 1, async (tx, heads) => {
        const row = await move(tx, claim, step, state, detail);
        // Hubo avance: lo que mató a otros trabajadores antes no cuenta contra lo que viene.
        await tx.query('UPDATE job SET claims = 0 WHERE operation_id = $1', [claim.operationId]);
        return [stepFact(headOf(heads, 0), 'RUNNING', row)];
      });
    },

    async succeeded(claim: Claim, step: string, home: Provisioned): Promise<void> {
      await journal.write(claim, 2, async (tx, heads) => {
        const row = await move(tx, claim, step, 'DONE', null);
        const provisionedAt = await end(tx, claim, 'SUCCEEDED', null);
        const { databaseTier } = claim.input;
        return [
          stepFact(headOf(heads, 0), 'RUNNING', row),
          tell(tenantInstanceProvisioned, { ...headOf(heads, 1), ...home, databaseTier, provisionedAt }),
        ];
      });
    },

    /** Un intento fallido. `true`: era el último, y la operación ha acabado. */
    async failed(claim: Claim, failure: JobFailure): Promise<boolean> {
      const last = claim.failures + 1 >= maxAttempts;
      await journal.write(claim, last ? 2 : 1, async (tx, heads) => {
        const row = await move(tx, claim, failure.step, 'FAILED', failure.message);
        await tx.query(
          'UPDATE job SET failures = failures + 1, claims = 0, lease_until = NULL WHERE operation_id = $1',
          [claim.operationId],
        );
        const told = [stepFact(headOf(heads, 0), claim.state, row)];
        if (!last) return told;
        const failedAt = await end(tx, claim, 'FAILED', failure);
        return [...told, tell(operationFailed, { ...headOf(heads, 1), failure: bare(failure), failedAt })];
      });
      return last;
    },

    /** No tiene arreglo: desde aquí se deshace, con una cuenta de intentos propia. */
    async compensating(claim: Claim, failure: JobFailure): Promise<Claim> {
      await journal.write(claim, 1, async (tx, heads) => {
        const row = await move(tx, claim, failure.step, 'FAILED', failure.message);
        await tx.query(
          `UPDATE job SET state = 'COMPENSATING', failure = $2, failures = 0, claims = 0 WHERE operation_id = $1`,
          [claim.operationId, failure],
        );
        return [stepFact(headOf(heads, 0), 'COMPENSATING', row)];
      });
      return { ...claim, state: 'COMPENSATING', failure, failures: 0, attempt: failure.attempt };
    },

    async undone(claim: Claim, step: string): Promise<void> {
      await journal.write(claim, 1, async (tx, heads) => {
        const row = await move(tx, claim, step, 'UNDONE', null);
        await tx.query('UPDATE job SET claims = 0 WHERE operation_id = $1', [claim.operationId]);
        return [stepFact(headOf(heads, 0), 'COMPENSATING', row)];
      });
    },

    async compensated(claim: Claim, failure: JobFailure): Promise<void> {
      await journal.write(claim, 1, async (tx, heads) => {
        const compensatedAt = await end(tx, claim, 'COMPENSATED', failure);
        return [tell(operationCompensated, { ...headOf(heads, 0), failure: bare(failure), compensatedAt })];
      });
    },
  };
}
export type Progress = ReturnType<typeof createProgress>;

const bare = ({ step, code, message }: JobFailure) => ({ step, code, message });
