import { asMover } from './as-mover.ts';
import { applyChanges, catchUpUntilClose, readChanges } from './catch-up.ts';
import { exclusively, readGate } from './gate.ts';
import { fenced, holdTarget, type Move, readTables } from './move.ts';
import { advanceSequences } from './sequences.ts';
import { commonTables } from './tables.ts';

export interface Switched {
  readonly heldMs: number;
  readonly homeEpoch: number;
}

/**
 * El cierre. Con las escrituras del origen detenidas: lo último que cambió y la puerta del destino en una
 * confirmación, y después la del origen. **Esa última es el cambio de casa**: antes de ella nada ha pasado, y tras
 * ella el origen señala al destino. El destino sigue anotando, y así el origen queda caliente por si hay que volver.
 */
export async function switchHome(move: Move): Promise<Switched> {
  const { tenantId, source, target, moverEpoch, tables } = move;
  await catchUpUntilClose(move);
  // Quien migrara entretanto habría dejado columnas sin copiar.
  commonTables(tables, await readTables(move));
  const { result: homeEpoch, heldMs } = await exclusively(source.client, tenantId, async () => {
    const gate = await readGate(source.client, tenantId, 'FOR UPDATE');
    if (gate?.state !== 'LOGGING' || gate.moverEpoch !== moverEpoch) throw fenced(tenantId);
    const epoch = gate.homeEpoch + 1;
    const changes = await readChanges(move);
    await asMover(target.client, tenantId, async () => {
      await holdTarget(move);
      await applyChanges(move, changes);
      await advanceSequences(move);
      await target.client.query('DELETE FROM tenant_change WHERE tenant_id = $1', [tenantId]);
      await target.client.query(
        `UPDATE tenant_gate SET state = 'LOGGING', home_epoch = $2, moved_to = NULL WHERE tenant_id = $1`,
        [tenantId, epoch],
      );
    });
    await source.client.query('DELETE FROM tenant_change WHERE tenant_id = $1', [tenantId]);
    await source.client.query(
      `UPDATE tenant_gate SET state = 'MOVED', home_epoch = $2, moved_to = $3 WHERE tenant_id = $1`,
      [tenantId, epoch, target.databaseId],
    );
    return epoch;
  });
  return { heldMs, homeEpoch };
}
