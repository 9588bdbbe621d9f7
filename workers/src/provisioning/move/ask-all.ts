import type pg from 'pg';

/**
 * Varias sentencias en un viaje: con las escrituras de alguien detenidas, cada ida y vuelta es espera suya. Cada una
 * ve lo confirmado hasta que empieza, igual que si fuera sola.
 */
export async function askAll(
  client: pg.ClientBase,
  statements: readonly string[],
): Promise<readonly pg.QueryResult[]> {
  if (statements.length === 0) return [];
  return [await client.query(statements.join(';\n'))].flat();
}
