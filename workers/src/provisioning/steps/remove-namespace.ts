import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import { readReservation } from '../reservation.ts';
import type { Step } from '../step.ts';

/** Solo lo que lleva la etiqueta de esta instancia; lo que otro hizo con ese nombre se deja y se dice. */
export const removeNamespace: Step = {
  name: 'remove-namespace',
  async observe(run) {
    const tenant = clusterTenant(run);
    const seen = await run.cluster.namespace.seen(tenant);
    if (typeof seen === 'object') return seen;
    if (seen === 'foreign') {
      return { skip: `The namespace ${tenant.namespace} is not this instance's: it was left as it is.` };
    }
    return seen === 'absent' ? 'done' : 'missing';
  },
  act: (run) => run.cluster.namespace.withdraw(clusterTenant(run), holderOf(run)),
  /** Vuelve lo nuestro; lo que el producto desplegó dentro lo despliega él. */
  async undo(run) {
    // La que no llegó a nacer tampoco tenía espacio que devolver.
    if ((await readReservation(run)) === undefined) return;
    await run.cluster.namespace.raise(clusterTenant(run), holderOf(run));
  },
};
