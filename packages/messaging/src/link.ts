import { exponential } from '@farutech/kernel/backoff';
import { TransientError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import { connect, type NatsConnection } from 'nats';
import { ensureStreams } from './ensure-streams.ts';
import type { MessagingLog } from './log.ts';

/** Con dos pings sin respuesta se da por rota: 6 s, y no los 4 minutos de fábrica. */
const pingIntervalMs = 3_000;
const connectTimeoutMs = 2_000;
const reconnectWaitMs = 250;
const longestWaitMs = 2_000;

/** The connection of one process, which makes itself in the background and comes back by itself. */
export interface Link {
  /** Rejects with TransientError NATS_UNAVAILABLE while there is none. */
  current(): NatsConnection;
  /** Resolves once connected and with the streams standing, or without a connection when `signal` aborts. */
  connected(signal: AbortSignal): Promise<NatsConnection | undefined>;
  /** Called on every connection, the first included, after the streams stand. */
  onConnected(listener: () => void): () => void;
  ensureStreams(): Promise<void>;
  /** From now on a lost connection is not waited for: what asks over it fails at once. `close` must follow. */
  leave(): void;
  close(): Promise<void>;
}

interface LinkOptions {
  readonly servers: string | readonly string[];
  readonly name: string;
  readonly log: MessagingLog;
  onLost(): void;
}

export function openLink({ servers, name, log, onLost }: LinkOptions): Link {
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  let connection: NatsConnection | undefined;
  /** `standing`: conectada y con los streams hechos. */
  let state: 'away' | 'up' | 'standing' = 'away';
  let leaving = false;
  let ensuring: Promise<void> | undefined;

  const isUp = (): boolean => state !== 'away';

  const current = (): NatsConnection => {
    if (connection === undefined || !isUp() || closing.signal.aborted) {
      throw new TransientError('NATS_UNAVAILABLE', 'NATS is not connected.');
    }
    return connection;
  };

  /** Quien llega mientras otro las crea espera a ese: cien publicaciones fallidas son una sola visita. */
  const ensure = (): Promise<void> => {
    ensuring ??= (async () => ensureStreams(current()))().finally(() => {
      ensuring = undefined;
    });
    return ensuring;
  };

  async function arrived(): Promise<void> {
    state = 'up';
    for (let attempt = 1; isUp() && !leaving; attempt += 1) {
      try {
        await ensure();
        if (isUp()) state = 'standing';
        for (const listener of listeners) listener();
        return;
      } catch (error) {
        // Recién arrancado, el servidor acepta conexiones antes de tener listo JetStream.
        log.warn({ err: error, attempt }, 'streams could not be made');
        await pause(exponential(attempt, 100, longestWaitMs), closing.signal);
      }
    }
  }

  async function watch(open: NatsConnection): Promise<void> {
    for await (const status of open.status()) {
      if (status.type === 'disconnect') {
        state = 'away';
        log.warn({ server: status.server }, 'NATS connection lost');
        if (leaving) await open.close();
      } else if (status.type === 'reconnect') {
        log.info({ server: status.server }, 'NATS connection is back');
        void arrived();
      } else if (status.type === 'error') {
        log.error({ err: status.error }, 'NATS refused something');
      }
    }
  }

  async function open(): Promise<void> {
    for (let attempt = 1; !closing.signal.aborted; attempt += 1) {
      try {
        const made = await connect({
          servers: typeof servers === 'string' ? servers.split(',') : [...servers],
          name,
          timeout: connectTimeoutMs,
          pingInterval: pingIntervalMs,
          maxPingOut: 2,
          maxReconnectAttempts: -1,
          reconnectTimeWait: reconnectWaitMs,
        });
        if (closing.signal.aborted) return await made.close();
        connection = made;
        void made.closed().then((error) => {
          state = 'away';
          if (leaving) return;
          // Con reconexión sin fin solo se cierra por algo que no se cura esperando, como una credencial retirada.
          log.fatal({ err: error ?? undefined }, 'NATS connection closed for good');
          onLost();
        });
        log.info({ server: made.getServer() }, 'NATS connected');
        void watch(made);
        return await arrived();
      } catch (error) {
        if (attempt === 1) log.warn({ err: error }, 'NATS does not answer; trying on');
        await pause(exponential(attempt, 100, longestWaitMs), closing.signal);
      }
    }
  }
  const opened = open();

  const onConnected = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  function leave(): void {
    leaving = true;
    // Las preguntas que esperan respuesta acaban al cerrar, y no al vencer su plazo.
    if (!isUp()) void connection?.close();
  }

  return {
    current,
    onConnected,
    ensureStreams: ensure,
    async connected(signal) {
      // Quien empezara antes de avisar a los demás volvería a empezar con el aviso, y lo que ya le hubiera llegado a la
      // primera petición se quedaría sin dueño hasta que venciera su plazo (30 s).
      while (!(state === 'standing' && connection !== undefined) && !signal.aborted) {
        const woken = new AbortController();
        const forget = onConnected(() => woken.abort());
        // El plazo cubre la conexión que llega entre mirar y apuntarse.
        await pause(longestWaitMs, signal, woken.signal);
        forget();
      }
      return signal.aborted ? undefined : connection;
    },
    leave,
    async close() {
      leave();
      closing.abort();
      await opened;
      if (connection === undefined || connection.isClosed()) return;
      try {
        // drain() espera un pong que, perdida la conexión, no llega nunca.
        await Promise.race([connection.drain(), connection.closed()]);
      } catch (error) {
        // El servidor se fue mientras se vaciaba: la conexión ya está cerrada, que es lo que se quería.
        if (!connection.isClosed()) throw error;
      }
    },
  };
}
