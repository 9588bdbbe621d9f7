import pg from 'pg';
import { askAll } from './ask-all.ts';
import type { Move } from './move.ts';
import type { TenantTable } from './tables.ts';

/** Números que otro puede estar tomando a la vez entre mirar la secuencia y adelantarla. */
const margin = 1_000;

/** Por dónde va una secuencia; de la que no ha dado ninguno, nada. */
interface LastNumber {
  readonly name: string;
  readonly last: string | null;
}

/** Por dónde van las del origen, en una sentencia. */
export function lastNumbers(tables: readonly TenantTable[]): string {
  const names = tables.flatMap(({ sequences }) => sequences.map(({ name }) => pg.escapeLiteral(name)));
  return `SELECT name, pg_sequence_last_value(name::regclass)::text AS last
    FROM unnest(ARRAY[${names.join(', ')}]::text[]) AS name`;
}

/** Una fila nueva en el destino no puede recibir un número que ya vino de la otra. Nunca se atrasa ninguna. */
export function advancePast(seen: readonly LastNumber[]): readonly string[] {
  const given = seen.flatMap(({ name, last }) =>
    last === null ? [] : [`(${pg.escapeLiteral(name)}, ${last}::bigint)`],
  );
  if (given.length === 0) return [];
  return [
    `SELECT setval(name::regclass, last + ${margin}) FROM (VALUES ${given.join(', ')}) AS seen (name, last)
     WHERE coalesce(pg_sequence_last_value(name::regclass), 0) < last`,
  ];
}

export async function advanceSequences({ source, target, tables }: Move): Promise<void> {
  const { rows } = await source.client.query<LastNumber>(lastNumbers(tables));
  await askAll(target.client, advancePast(rows));
}
