import type { Logger } from '@farutech/runtime/logger';
import pg from 'pg';

const answerLimitMs = 5_000;

/** Lo que se espera a que responda una sesión guardada; los tipos de pg no conocen el ajuste. */
interface Timed extends pg.QueryConfig {
  readonly query_timeout: number;
}

/** El nombre de una sesión guardada: no es de ninguna operación, y por ella no actúa nadie. */
export const idleSessionName = 'provisioning-idle';

/**
 * Sesiones que una operación acabada deja a la siguiente. Estrenar una costaba la mitad de lo que el servidor gasta en
 * una instancia Standard (30 ms de 60): el proceso, la contraseña y los catálogos que lee por primera vez.
 */
export interface SessionPool {
  /** Con ese nombre puesto, y a la vista del servidor, antes de que nadie actúe por ella. */
  take(url: string, name: string): Promise<pg.Client>;
  /** Solo la de quien acabó: si algo suyo pudiera aún preguntar por ella, actuaría con el nombre del siguiente. */
  giveBack(url: string, client: pg.Client): Promise<void>;
  /** Que cierre también lo que se devuelva después. */
  close(): Promise<void>;
}

export function createSessionPool(parts: {
  /** Solo se guardan las de estas direcciones: a la base de un inquilino no se vuelve. */
  readonly urls: readonly string[];
  /** Las que se guardan de cada una. */
  readonly size: number;
  readonly log: Logger;
}): SessionPool {
  const { urls, size, log } = parts;
  const idle = new Map<string, Set<pg.Client>>(urls.map((url) => [url, new Set()]));
  let closed = false;

  async function connect(url: string, name: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: answerLimitMs,
      keepAlive: true,
    });
    client.on('error', (error) => {
      idle.get(url)?.delete(client);
      log.warn({ err: error }, 'lost a session of the tenant server');
    });
    await client.connect();
    return client;
  }

  /** La que no contesta se cierra: tras un corte de red puede estar muerta sin saberlo. */
  async function rename(client: pg.Client, name: string): Promise<void> {
    try {
      const naming: Timed = {
        text: `SELECT set_config('application_name', $1, false)`,
        values: [name],
        query_timeout: answerLimitMs,
      };
      await client.query(naming);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  return {
    async take(url, name) {
      const kept = idle.get(url);
      if (kept === undefined) return await connect(url, name);
      for (const client of kept) {
        kept.delete(client);
        try {
          await rename(client, name);
          return client;
        } catch (error) {
          log.warn({ err: error }, 'a kept session was gone');
        }
      }
      const client = await connect(url, idleSessionName);
      await rename(client, name);
      return client;
    },
    async giveBack(url, client) {
      const kept = idle.get(url);
      if (kept === undefined || kept.size >= size || closed) return await client.end();
      try {
        // Deja también el nombre: vuelve al de la conexión. A media transacción falla, y así no se guarda.
        const forgetting: Timed = { text: 'DISCARD ALL', query_timeout: answerLimitMs };
        await client.query(forgetting);
      } catch (error) {
        log.warn({ err: error }, 'a session could not be kept');
        return await client.end();
      }
      if (closed) return await client.end();
      kept.add(client);
    },
    async close() {
      closed = true;
      const all = [...idle.values()].flatMap((kept) => [...kept]);
      for (const kept of idle.values()) kept.clear();
      await Promise.all(all.map((client) => client.end()));
    },
  };
}
