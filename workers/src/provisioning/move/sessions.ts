import { PermanentError } from '@farutech/kernel/errors';
import type pg from 'pg';

/** Lo que cambia cómo se escribe un valor: sin fijarlo en las dos, la misma fila daría dos textos. */
export async function speakAlike(client: pg.ClientBase): Promise<void> {
  await client.query(
    `SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
     SET extra_float_digits = 1; SET lc_monetary = 'C'`,
  );
}

/**
 * Lo que se copia ha de quedar igual. Quien puede calla los disparadores y las cascadas (session_replication_role); a
 * quien no se le ha concedido le vale mientras no los haya: las claves ajenas se aplazan, y nada más mira al copiar.
 */
export async function refuseSideEffects(client: pg.ClientBase): Promise<void> {
  const { rows: may } = await client.query<{ replica: boolean }>(
    `SELECT has_parameter_privilege('session_replication_role', 'SET') AS replica`,
  );
  if (may[0]?.replica === true) {
    await client.query('SET session_replication_role = replica');
    return;
  }
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('trigger %s on %s', t.tgname, t.tgrelid::regclass) AS name FROM pg_trigger t
     JOIN pg_trigger gate ON gate.tgrelid = t.tgrelid AND gate.tgname = 'zz_tenant_gate'
     WHERE NOT t.tgisinternal AND t.tgname NOT LIKE 'zz\\_tenant\\_%' AND t.tgenabled <> 'D'
     UNION ALL
     SELECT format('foreign key %s on %s', f.conname, f.conrelid::regclass) FROM pg_constraint f
     JOIN pg_trigger gate ON gate.tgrelid = f.conrelid AND gate.tgname = 'zz_tenant_gate'
     WHERE f.contype = 'f' AND (NOT f.condeferrable OR f.confdeltype <> 'a' OR f.confupdtype <> 'a')
     ORDER BY 1 LIMIT 1`,
  );
  const [first] = rows;
  if (first === undefined) return;
  throw new PermanentError(
    'MOVE_NEEDS_REPLICA_ROLE',
    `The ${first.name} would change what is copied. Let the worker silence it: as a superuser, GRANT SET ON PARAMETER session_replication_role TO its user.`,
  );
}
