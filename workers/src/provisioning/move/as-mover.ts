import pg from 'pg';

/**
 * Lo que deja leer y escribir las filas de un inquilino, diga lo que diga su puerta: la marca abre a la sesión del
 * dueño de las tablas, y solo a ella. Con app.tenant_id, porque RLS alcanza también al dueño. Las claves ajenas se
 * miran al confirmar.
 */
export const enterAsMover = (instanceId: string): string =>
  `SELECT set_config('app.tenant_id', ${pg.escapeLiteral(instanceId)}, true), set_config('app.tenant_mover', 'on', true);
   SET CONSTRAINTS ALL DEFERRED`;

export async function rollback(client: pg.ClientBase, because: unknown): Promise<void> {
  // Con la sesión perdida no hay nada que deshacer: lo hizo el servidor.
  await client.query('ROLLBACK').catch((failed: Error) => {
    if (because instanceof Error) because.cause ??= failed;
  });
}

/** Una transacción en la que se leen y se escriben las filas de este inquilino, para acabarla a mano. */
export async function beginAsMover(
  client: pg.ClientBase,
  instanceId: string,
  begin = 'BEGIN',
): Promise<void> {
  await client.query(`${begin}; ${enterAsMover(instanceId)}`);
}

/** Hace `work` en una transacción en la que se leen y se escriben las filas de este inquilino, y de ningún otro. */
export async function asMover<T>(
  client: pg.ClientBase,
  instanceId: string,
  work: () => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  try {
    await beginAsMover(client, instanceId, begin);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await rollback(client, error);
    throw error;
  }
}
