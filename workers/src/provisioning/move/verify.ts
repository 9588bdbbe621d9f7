import type pg from 'pg';
import { asMover } from './as-mover.ts';
import { catchUp } from './catch-up.ts';
import type { Move } from './move.ts';
import { quoted, type TenantTable } from './tables.ts';

interface Sum {
  readonly rows: string;
  readonly hash: string;
}

/** Dos sumas distintas de las mismas filas, sin orden: ni una de más, ni dos cambiadas que se tapen. */
async function sumOf(client: pg.ClientBase, tenantId: string, table: TenantTable): Promise<Sum> {
  const row = `ROW(${table.columns.map(({ name }) => quoted(name)).join(', ')})::text`;
  const { rows } = await client.query<Sum>(
    `SELECT count(*)::text AS rows,
       concat_ws('/', bit_xor(hashtextextended(${row}, 0)), sum(hashtextextended(${row}, 7)::numeric)) AS hash
     FROM ${quoted(table.name)} WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0] ?? { rows: '0', hash: '' };
}

export interface Verdict {
  readonly rows: number;
  /** Las tablas que no son iguales en las dos bases. */
  readonly different: readonly string[];
}

/** Compara las dos bases sin parar a nadie: el origen se mira en la instantánea que se acaba de aplicar. */
export async function verify(move: Move): Promise<Verdict> {
  const { tenantId, source, target, tables } = move;
  let rows = 0;
  const different: string[] = [];
  await catchUp(move, () =>
    asMover(target.client, tenantId, async () => {
      for (const table of tables) {
        const here = await sumOf(source.client, tenantId, table);
        const there = await sumOf(target.client, tenantId, table);
        rows += Number(here.rows);
        if (here.rows !== there.rows || here.hash !== there.hash) different.push(table.name);
      }
    }),
  );
  return { rows, different };
}
