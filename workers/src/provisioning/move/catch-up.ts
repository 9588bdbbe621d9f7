import { asMover } from './as-mover.ts';
import { changing, type Note, notesOf, readChanges } from './changes.ts';
import { holdTarget, type Move } from './move.ts';

/** Una vuelta. `meanwhile` mira las dos bases cuando son iguales: el origen, en la instantánea de esta vuelta. */
export async function catchUp(move: Move, meanwhile?: () => Promise<void>): Promise<number> {
  const { tenantId, source, target } = move;
  const ids = await asMover(
    source.client,
    tenantId,
    async () => {
      const { rows } = await source.client.query<Note>(notesOf(tenantId));
      const changes = await readChanges(move, rows);
      await asMover(target.client, tenantId, async () => {
        await holdTarget(move);
        for (const change of changing(tenantId, changes)) await target.client.query(change);
      });
      await meanwhile?.();
      return changes.ids;
    },
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  );
  if (ids.length > 0) {
    await source.client.query('DELETE FROM tenant_change WHERE tenant_id = $1 AND id = ANY ($2::bigint[])', [
      tenantId,
      ids,
    ]);
  }
  return ids.length;
}

/** Con menos pendientes el cierre es un instante. */
const fewEnough = 20;
const maxRounds = 50;

/** Vueltas hasta que queda poco: quien escribe más deprisa de lo que se copia solo alarga el cierre. */
export async function catchUpUntilClose(move: Move): Promise<number> {
  let applied = 0;
  for (let round = 1; round <= maxRounds; round += 1) {
    const keys = await catchUp(move);
    applied += keys;
    if (keys < fewEnough) break;
  }
  return applied;
}
