import { PermanentError } from '@farutech/kernel/errors';
import type { OperationRun, Step } from '../step.ts';

const hostOf = (run: OperationRun): string => new URL(run.input.subdomainUrl).host;

async function ownerOf(run: OperationRun, host: string): Promise<string | undefined> {
  const { rows } = await run.pool.query<{ instance_id: string }>(
    'SELECT instance_id FROM published_subdomain WHERE host = $1',
    [host],
  );
  return rows[0]?.instance_id;
}

/** El nombre público pasa a apuntar a la instancia. De dos que lo quieran, lo tiene el primero. */
export const publishSubdomain: Step = {
  name: 'publish-subdomain',
  observe: async (run) => ((await ownerOf(run, hostOf(run))) === run.input.instanceId ? 'done' : 'missing'),
  async act(run) {
    const host = hostOf(run);
    await run.guarded(async (tx) => {
      await tx.query('DELETE FROM published_subdomain WHERE instance_id = $1 AND host <> $2', [
        run.input.instanceId,
        host,
      ]);
      const { rowCount } = await tx.query(
        `INSERT INTO published_subdomain (host, instance_id, published_at) VALUES ($1, $2, now())
         ON CONFLICT (host) DO UPDATE SET host = EXCLUDED.host
         WHERE published_subdomain.instance_id = EXCLUDED.instance_id`,
        [host, run.input.instanceId],
      );
      if (rowCount === 0) {
        throw new PermanentError(
          'SUBDOMAIN_TAKEN',
          `${host} points to another instance. Choose another instance code.`,
        );
      }
    });
  },
  async undo(run) {
    await run.guarded((tx) =>
      tx.query('DELETE FROM published_subdomain WHERE instance_id = $1', [run.input.instanceId]),
    );
  },
};
