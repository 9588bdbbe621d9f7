import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import type { OperationRun, Step } from '../step.ts';
import { hostOf, publish, readSubdomain, withdraw } from '../subdomain.ts';

async function observe(run: OperationRun): Promise<'done' | 'missing'> {
  const held = await readSubdomain(run);
  const pointed = held !== undefined && held.host === hostOf(run) && !held.withdrawn && !held.released;
  const seen = await run.cluster.ingress.seen(clusterTenant(run));
  return pointed && typeof seen === 'object' ? 'done' : 'missing';
}

async function act(run: OperationRun): Promise<void> {
  await publish(run);
  await run.cluster.ingress.raise(clusterTenant(run), holderOf(run));
}

const withdrawIngress = (run: OperationRun): Promise<void> =>
  run.cluster.ingress.withdraw(clusterTenant(run), holderOf(run));

/** Al nacer: deshacerlo es que el nombre nunca fue de nadie. */
export const publishSubdomain: Step = {
  name: 'publish-subdomain',
  observe,
  act,
  async undo(run) {
    await withdrawIngress(run);
    await run.guarded((tx) =>
      tx.query('DELETE FROM published_subdomain WHERE instance_id = $1', [run.input.instanceId]),
    );
  },
};

/** Al reanudar: deshacerlo es volver a retirarlo, y la instancia lo conserva. */
export const publishSubdomainAgain: Step = {
  name: 'publish-subdomain',
  observe,
  act,
  async undo(run) {
    await withdrawIngress(run);
    await withdraw(run, { release: false });
  },
};
