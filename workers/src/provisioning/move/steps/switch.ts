import { tell } from '@farutech/contracts/contract';
import { tenantHomeMoved } from '@farutech/contracts/provisioning';
import { clusterTenant, holderOf } from '../../cluster/cluster-tenant.ts';
import { reservedHome } from '../../reservation.ts';
import type { OperationRun, Step, Telling } from '../../step.ts';
import { isHome, readGate } from '../gate.ts';
import { moveBack } from '../move-back.ts';
import { endsOf, there, whileMoving } from '../move-run.ts';
import { switchHome } from '../switch.ts';

const held = (heldMs: number): string => `Writes were held for ${Math.ceil(heldMs)} ms.`;

/** Lo que el espacio de nombres lleva según el nivel: la cadena de conexión, el cupo y el camino a la base. */
async function raiseNamespace(home: OperationRun): Promise<void> {
  const tenant = clusterTenant(home);
  if ((await home.cluster.namespace.seen(tenant)) !== 'present') return;
  await home.cluster.namespace.raise(tenant, holderOf(home));
}

/** Dónde vive ahora. Decirlo de más no hace daño: quien lo oye compara el número de la casa. */
async function tellHome(home: OperationRun): Promise<readonly Telling[]> {
  const gate = await readGate(await home.home(), home.input.instanceId);
  if (gate === undefined || !isHome(gate)) throw new TypeError('se cuenta una casa en la que no vive nadie');
  const reserved = await reservedHome(home);
  const { homeEpoch } = gate;
  return [(head, movedAt) => tell(tenantHomeMoved, { ...head, ...reserved, homeEpoch, movedAt })];
}

export const switchOver: Step = {
  name: 'switch',
  observe: () => Promise.resolve('missing'),
  async act(run) {
    await whileMoving(run, async (move) => {
      const { heldMs } = await switchHome(move);
      run.note(held(heldMs));
    });
    await raiseNamespace(there(run));
  },
  tells: (run) => tellHome(there(run)),
  async undo(run) {
    const back = await moveBack(await endsOf(run));
    if (back !== undefined) run.note(`The tenant went back. ${held(back.heldMs)}`);
    await raiseNamespace(run);
  },
  async tellsUndone(run) {
    // La de destino solo señala a otra si alguna vez fue la casa.
    const gate = await readGate(await there(run).home(), run.input.instanceId);
    return gate?.state === 'MOVED' ? await tellHome(run) : [];
  },
};
