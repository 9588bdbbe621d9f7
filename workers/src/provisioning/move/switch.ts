import pg from 'pg';
import { beginAsMover, rollback } from './as-mover.ts';
import { askAll } from './ask-all.ts';
import { catchUpUntilClose } from './catch-up.ts';
import { changing, notesOf, readChanges } from './changes.ts';
import { exclusively, gateOf, parseGate } from './gate.ts';
import { fenced, type Move, readTables } from './move.ts';
import { advancePast, lastNumbers } from './sequences.ts';
import { commonTables } from './tables.ts';

export interface Switched {
  readonly heldMs: number;
  readonly homeEpoch: number;
}

/**
 * Con las escrituras del origen detenidas, y en los menos viajes: lo último que cambió y la puerta del destino en una
 * confirmación, y al final la puerta del origen, que confirma quien llama.
 */
async function close(move: Move, [gates, notes, numbers]: readonly pg.QueryResult[]): Promise<number> {
  const { tenantId, source, target, moverEpoch } = move;
  const tenant = pg.escapeLiteral(tenantId);
  const forget = `DELETE FROM tenant_change WHERE tenant_id = ${tenant}`;
  const gate = parseGate(gates?.rows);
  if (gate?.state !== 'LOGGING' || gate.moverEpoch !== moverEpoch) throw fenced(tenantId);
  const homeEpoch = gate.homeEpoch + 1;
  const changes = await readChanges(move, notes?.rows ?? []);
  const [opened] = await askAll(target.client, [
    // La primera: nadie más toca el destino hasta el final, y si ya no es nuestro nada de esto se confirma.
    `UPDATE tenant_gate SET state = 'LOGGING', home_epoch = ${homeEpoch}, moved_to = NULL
     WHERE tenant_id = ${tenant} AND state = 'INCOMING' AND mover_epoch = ${moverEpoch}`,
    ...changing(tenantId, changes),
    ...advancePast(numbers?.rows ?? []),
    forget,
  ]);
  if (opened?.rowCount !== 1) throw fenced(tenantId);
  await target.client.query('COMMIT');
  await askAll(source.client, [
    forget,
    `UPDATE tenant_gate SET state = 'MOVED', home_epoch = ${homeEpoch}, moved_to = ${pg.escapeLiteral(target.databaseId)}
     WHERE tenant_id = ${tenant}`,
  ]);
  return homeEpoch;
}

/**
 * El cierre. **La confirmación del origen es el cambio de casa**: antes de ella nada ha pasado, y tras ella el origen
 * señala al destino. El destino sigue anotando, y así el origen queda caliente por si hay que volver.
 */
export async function switchHome(move: Move): Promise<Switched> {
  const { tenantId, source, target, tables } = move;
  // Quien migrara entretanto habría dejado columnas sin copiar. Antes de la última vuelta: mirarlo lleva su tiempo, y
  // lo que cambie mientras tanto no ha de esperar al cierre.
  commonTables(tables, await readTables(move));
  await catchUpUntilClose(move);
  // Abierta de antemano y sin nada en la mano: dos que se cruzaran toman siempre antes el torno que el destino.
  await beginAsMover(target.client, tenantId);
  try {
    const { result: homeEpoch, heldMs } = await exclusively(
      source.client,
      tenantId,
      (answers) => close(move, answers),
      { asking: [gateOf(tenantId, 'FOR UPDATE'), notesOf(tenantId), lastNumbers(tables)] },
    );
    return { heldMs, homeEpoch };
  } catch (error) {
    await rollback(target.client, error);
    throw error;
  }
}
