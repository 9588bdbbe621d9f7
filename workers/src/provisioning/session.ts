import { TransientError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import { FencedError } from '@farutech/messaging/consume';
import type { Logger } from '@farutech/runtime/logger';
import type pg from 'pg';
import type { SessionPool } from './session-pool.ts';

const fenceLimitMs = 20_000;
const fencePollMs = 20;

/** Con este nombre entra en el servidor de los inquilinos todo lo que una operación abra: así se la puede cercar. */
export const sessionName = (operationId: string, epoch: number): string => `op:${operationId}:${epoch}`;

/** Las sesiones de una operación en el servidor de los inquilinos, todas con su nombre y su época. */
export interface OperationSessions {
  /** La primera vez cerca a los anteriores: al volver, nada de una época vieja puede actuar en ese servidor. */
  open(url: string): Promise<pg.Client>;
  close(url: string): Promise<void>;
  closeAll(): Promise<void>;
  /** La operación ha acabado y nadie pregunta ya por ellas: las que valgan para la siguiente se guardan. */
  giveBack(): Promise<void>;
}

/**
 * La época sola no basta: quien despierta tras su plazo aún tiene su conexión y actúa con ella. Por eso quien
 * reclama (la época ya subida) termina las sesiones de épocas menores, espera a que desaparezcan y, ya conectado,
 * vuelve a mirar que la época siga siendo suya. Una sesión perdida no se abre otra vez. Una guardada toma el nombre al
 * llegar, y lo que vale de conectarse vale de llamarse: quien mira después de llamarse así, ya estaba a la vista.
 */
export function openSessions(parts: {
  readonly operationId: string;
  readonly epoch: number;
  readonly isMine: () => Promise<boolean>;
  readonly pool: SessionPool;
  readonly log: Logger;
}): OperationSessions {
  const { operationId, epoch, isMine, pool, log } = parts;
  const open = new Map<string, Promise<pg.Client>>();
  const fencedServers = new Set<string>();

  async function fence(client: pg.Client): Promise<void> {
    const deadline = performance.now() + fenceLimitMs;
    for (;;) {
      // La función, y no pg_stat_activity: la vista la une con otras dos tablas, y aquí sobran.
      // La expresión regular va antes que la conversión: el nombre de una sesión lo elige quien la abre.
      const { rows } = await client.query<{ pid: number }>(
        `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_get_activity(NULL)
         WHERE CASE WHEN application_name ~ ('^op:' || $1 || ':\\d{1,9}$')
                    THEN split_part(application_name, ':', 3)::int < $2 ELSE false END`,
        [operationId, epoch],
      );
      if (rows.length === 0) return;
      log.warn(
        { operationId, epoch, pids: rows.map((row) => row.pid) },
        'ending the sessions of an earlier epoch',
      );
      if (performance.now() > deadline) {
        throw new TransientError(
          'SESSION_NOT_FENCED',
          'A session of an earlier attempt does not end. Retry later.',
        );
      }
      await pause(fencePollMs);
    }
  }

  async function connect(url: string): Promise<pg.Client> {
    const client = await pool.take(url, sessionName(operationId, epoch));
    try {
      const server = new URL(url).host;
      if (!fencedServers.has(server)) await fence(client);
      if (!(await isMine())) throw new FencedError(`operation ${operationId} has left epoch ${epoch}`);
      fencedServers.add(server);
      return client;
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  async function close(url: string): Promise<void> {
    const session = open.get(url);
    open.delete(url);
    // La que no llegó a abrirse ya lo dijo a quien la pidió, y una perdida no tiene nada que cerrar.
    await session
      ?.then((client) => client.end())
      .catch((error: Error) => log.debug({ err: error }, 'session was gone'));
  }

  return {
    open(url) {
      const session = open.get(url) ?? connect(url);
      open.set(url, session);
      return session;
    },
    close,
    async closeAll() {
      await Promise.all([...open.keys()].map(close));
    },
    async giveBack() {
      const mine = [...open];
      // Antes de devolver ninguna: un latido tardío que las cerrara cerraría las de otra operación.
      open.clear();
      for (const [url, session] of mine) await pool.giveBack(url, await session);
    },
  };
}
