import type { Move } from './move.ts';

/** Números que otro puede estar tomando a la vez entre mirar la secuencia y adelantarla. */
const margin = 1_000;

/** Una fila nueva en el destino no puede recibir un número que ya vino de la otra. Nunca se atrasa ninguna. */
export async function advanceSequences({ source, target, tables }: Move): Promise<void> {
  for (const { sequences } of tables) {
    for (const { name } of sequences) {
      const { rows } = await source.client.query<{ last: string }>(
        `SELECT last_value::text AS last FROM ${name}`,
      );
      await target.client.query(
        `SELECT setval('${name.replaceAll("'", "''")}', $1::bigint + ${margin}) FROM ${name} WHERE last_value < $1::bigint`,
        [rows[0]?.last ?? '0'],
      );
    }
  }
}
