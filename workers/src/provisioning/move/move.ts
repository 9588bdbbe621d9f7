import { PermanentError } from '@farutech/kernel/errors';
import { FencedError } from '@farutech/messaging/consume';
import type pg from 'pg';
import { exclusively, gateOf, isHome, notTheHome, parseGate, readGate } from './gate.ts';
import { refuseSideEffects, speakAlike } from './sessions.ts';
import { commonTables, refuseLeftBehind, type TenantTable, tenantTables } from './tables.ts';

/** Una de las dos bases de un traslado, con la sesión que trabaja en ella. */
interface MoveEnd {
  readonly databaseId: string;
  readonly client: pg.ClientBase;
}

/** Un traslado que alguien tiene en la mano. La vuelta es el mismo con los extremos cambiados. */
export interface Move {
  readonly tenantId: string;
  readonly source: MoveEnd;
  readonly target: MoveEnd;
  readonly tables: readonly TenantTable[];
  /** Quien reclame después tendrá uno mayor, y este ya no podrá nada. */
  readonly moverEpoch: number;
}

export type Ends = Pick<Move, 'tenantId' | 'source' | 'target'>;

export const fenced = (tenantId: string): FencedError =>
  new FencedError(`somebody else moves tenant ${tenantId}`);

/** Las tablas de los dos lados, comparadas ahora. */
export async function readTables({ tenantId, source, target }: Ends): Promise<readonly TenantTable[]> {
  const here = await tenantTables(source.client);
  const tables = commonTables(here, await tenantTables(target.client));
  await refuseLeftBehind(source.client, tenantId, here, tables);
  return tables;
}

/** El destino deja de escribirse: también si quien murió entre las dos confirmaciones del cierre lo dejó abierto. */
async function shutTarget({ tenantId, source, target }: Ends, moverEpoch: number): Promise<void> {
  const { rowCount } = await target.client.query(
    `UPDATE tenant_gate SET state = 'INCOMING', moved_to = $2, mover_epoch = $3
     WHERE tenant_id = $1 AND mover_epoch < $3`,
    [tenantId, source.databaseId, moverEpoch],
  );
  if (rowCount !== 1) throw fenced(tenantId);
}

/**
 * Toma el traslado, venga de nuevo o lo dejara otro a medias: desde aquí se anota lo que cambia en el origen. Todo
 * con el torno del origen en la mano, de modo que un cierre a medio hacer ha acabado o ya no podrá acabar.
 * `switched`: ya vive en el destino.
 */
export async function takeMove(ends: Ends): Promise<Move | 'switched'> {
  const { tenantId, source, target } = ends;
  await speakAlike(source.client);
  await speakAlike(target.client);
  const taking = async ([gates]: readonly pg.QueryResult[]): Promise<number | 'switched'> => {
    const here = parseGate(gates?.rows);
    const there = await readGate(target.client, tenantId);
    if (here?.state === 'MOVED' && here.movedTo === target.databaseId && isHome(there)) return 'switched';
    if (here === undefined || !isHome(here)) throw notTheHome(source.databaseId);
    if (there === undefined) {
      throw new PermanentError('MOVE_NOT_PREPARED', `${target.databaseId} does not expect the tenant.`);
    }
    const epoch = Math.max(here.moverEpoch, there.moverEpoch) + 1;
    await shutTarget(ends, epoch);
    await source.client.query(
      `UPDATE tenant_gate SET state = 'LOGGING', mover_epoch = $2 WHERE tenant_id = $1`,
      [tenantId, epoch],
    );
    return epoch;
  };
  const { result: moverEpoch } = await exclusively(source.client, tenantId, taking, {
    asking: [gateOf(tenantId, 'FOR UPDATE')],
  });
  if (moverEpoch === 'switched') return 'switched';
  await refuseSideEffects(target.client);
  const tables = await readTables(ends);
  return { ...ends, tables, moverEpoch };
}

/** Sigue siendo nuestro: con su fila del destino en la mano hasta que acabe la transacción. */
export async function holdTarget({ tenantId, target, moverEpoch }: Move): Promise<void> {
  const gate = await readGate(target.client, tenantId, 'FOR UPDATE');
  if (gate?.state !== 'INCOMING' || gate.moverEpoch !== moverEpoch) throw fenced(tenantId);
}
