import { PermanentError } from '@farutech/kernel/errors';
import pg from 'pg';
import type { OperationRun } from './step.ts';

export const hostOf = (run: OperationRun): string => new URL(run.input.subdomainUrl).host;

interface Subdomain {
  readonly host: string;
  readonly withdrawn: boolean;
  readonly released: boolean;
}

export async function readSubdomain(run: OperationRun): Promise<Subdomain | undefined> {
  const { rows } = await run.pool.query<Subdomain>(
    `SELECT host, withdrawn_at IS NOT NULL AS withdrawn, released_at IS NOT NULL AS released
     FROM published_subdomain WHERE instance_id = $1`,
    [run.input.instanceId],
  );
  return rows[0];
}

/** El nombre público pasa a apuntar a la instancia. De dos que lo quieran, lo tiene el primero. */
export async function publish(run: OperationRun): Promise<void> {
  const host = hostOf(run);
  try {
    await run.guarded((tx) =>
      tx.query(
        `INSERT INTO published_subdomain (host, instance_id, published_at) VALUES ($1, $2, now())
         ON CONFLICT (instance_id) DO UPDATE SET host = EXCLUDED.host, published_at = now(), withdrawn_at = NULL,
           withdrawn_by = NULL, released_at = NULL`,
        [host, run.input.instanceId],
      ),
    );
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.constraint !== 'published_subdomain_host') throw error;
    throw new PermanentError(
      'SUBDOMAIN_TAKEN',
      `${host} points to another instance. Choose another instance code.`,
      { cause: error },
    );
  }
}

/** Deja de apuntar a la instancia, que lo conserva; con `release`, queda libre para otra. */
export async function withdraw(run: OperationRun, { release }: { readonly release: boolean }): Promise<void> {
  await run.guarded((tx) =>
    tx.query(
      `UPDATE published_subdomain SET withdrawn_by = CASE WHEN withdrawn_at IS NULL THEN $2 ELSE withdrawn_by END,
         withdrawn_at = coalesce(withdrawn_at, now()), released_at = CASE WHEN $3 THEN now() ELSE released_at END
       WHERE instance_id = $1`,
      [run.input.instanceId, run.operationId, release],
    ),
  );
}

/** Lo que retiró esta operación vuelve; lo que ya estaba retirado, sigue así. `true`: vuelve a estar publicado. */
export async function restore(run: OperationRun): Promise<boolean> {
  return await run.guarded(async (tx) => {
    const { rows } = await tx.query<{ published: boolean }>(
      `UPDATE published_subdomain SET released_at = NULL,
         withdrawn_at = CASE WHEN withdrawn_by = $2 THEN NULL ELSE withdrawn_at END,
         withdrawn_by = CASE WHEN withdrawn_by = $2 THEN NULL ELSE withdrawn_by END
       WHERE instance_id = $1 RETURNING withdrawn_at IS NULL AS published`,
      [run.input.instanceId, run.operationId],
    );
    return rows[0]?.published === true;
  });
}
