import { PermanentError } from '@farutech/kernel/errors';
import { copyTenant } from './copy.ts';
import { isHome, livesHere, readGate } from './gate.ts';
import { type Ends, takeMove } from './move.ts';
import { reversed } from './move-run.ts';
import { stopLogging } from './settle.ts';
import { type Switched, switchHome } from './switch.ts';
import { verify } from './verify.ts';

export const notEqual = (tables: readonly string[]): PermanentError =>
  new PermanentError(
    'MOVE_NOT_EQUAL',
    `After copying, ${tables.join(', ')} differ between the two databases. Nothing was moved.`,
  );

/**
 * La vuelta: la casa vieja guarda sus filas y la nueva ha anotado todo desde el cierre, así que basta ponerse al día.
 * Si aun así no fueran iguales, se copia entero. `undefined`: ya vive en la vieja, o nunca dejó de hacerlo.
 */
export async function moveBack(ends: Ends): Promise<Switched | undefined> {
  const { tenantId, source, target } = ends;
  const there = await readGate(target.client, tenantId);
  if (livesHere(await readGate(source.client, tenantId), there)) {
    // Un cierre de ida a medias dejó abierta también la otra: tomar el traslado la cierra.
    if (isHome(there)) await takeMove(ends);
    return undefined;
  }
  const back = await takeMove(reversed(ends));
  if (back === 'switched') return undefined;
  const { different } = await verify(back);
  if (different.length > 0) {
    await copyTenant(back);
    const again = await verify(back);
    if (again.different.length > 0) throw notEqual(again.different);
  }
  const switched = await switchHome(back);
  await stopLogging(source.client, tenantId);
  return switched;
}
