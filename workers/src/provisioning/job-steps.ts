import { operationStep } from '@farutech/contracts/provisioning';
import type { Pool } from 'pg';
import { z } from 'zod';

const stepRow = operationStep.extend({ startedAt: z.date().nullable(), finishedAt: z.date().nullable() });
export type StepRow = z.output<typeof stepRow>;
export type StepState = StepRow['state'];

/** Los pasos de una operación como constan en el diario. */
export async function readSteps(pool: Pool, operationId: string): Promise<readonly StepRow[]> {
  const { rows } = await pool.query({
    name: 'journal-steps',
    text: `SELECT ord, name, state, attempt, detail, started_at AS "startedAt", finished_at AS "finishedAt"
     FROM job_step WHERE operation_id = $1 ORDER BY ord`,
    values: [operationId],
  });
  return z.array(stepRow).parse(rows);
}
