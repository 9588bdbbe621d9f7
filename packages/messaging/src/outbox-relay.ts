import { exponential } from '@farutech/kernel/backoff';
import { pause } from '@farutech/kernel/pause';
import pg, { type PoolClient } from 'pg';
import { z } from 'zod';
import type { Messaging } from './connection.ts';
import { openDatabaseBell } from './database-bell.ts';
import type { MessagingLog } from './log.ts';
import type { MessagingMetrics } from './metrics.ts';
import { batchSize, groupByAggregate, markSent, type OutboxRow, readBatch } from './outbox-batch.ts';

const pollMs = 1_000;
/** Desde que empieza una ronda hasta la siguiente, cuando nadie falla y no quedaron filas. */
const betweenRoundsMs = 15;
const longestWaitMs = 1_000;
/** Un líder detenido (SIGSTOP) conserva su cerrojo: pasado este tiempo el servidor termina su sesión. */
const idleLimitMs = 3_000;
/** Más allá no se empieza ninguna publicación: con su plazo (2 s) todo cabe en `idleLimitMs`. */
const passBudgetMs = 700;
const drainLimitMs = 2_000;
/** Cualquier número, el mismo en todas las réplicas: un líder por base de datos. */
const leaderLock = 4_207_001;

export interface OutboxRelayOptions {
  readonly connectionString: string;
  readonly messaging: Pick<Messaging, 'publish'>;
  readonly log: MessagingLog;
  /**
   * Runs before each round, in the leader alone, in a transaction of its own on this client: for what must be
   * numbered serially after commit. While it rejects nothing is published.
   */
  beforePublish?(client: PoolClient): Promise<void>;
  readonly metrics?: MessagingMetrics;
}

/** De lo que contestan BEGIN, SET y el cerrojo, lo último. */
const leadership = z
  .tuple([z.unknown(), z.unknown(), z.object({ rows: z.tuple([z.object({ ok: z.boolean() })]) })])
  .transform(([, , { rows }]) => rows[0].ok);

interface Round {
  readonly ok: boolean;
  /** Rows are left: go on without waiting. */
  readonly more: boolean;
}

export interface OutboxRelay {
  /**
   * Sends what is left, for 2 s at most, then leaves. Whoever writes to this outbox has to have ended before, and
   * `messaging` must still be open.
   */
  close(): Promise<void>;
}

/**
 * Publishes the outbox of one database: in the order of ids inside an aggregate, aggregates side by side, and
 * marks a row as sent after JetStream has confirmed it. Any number of replicas may run it; one works at a time.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { connectionString, messaging, log, beforePublish, metrics } = options;
  const stopping = new AbortController();
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: 5_000,
    application_name: 'outbox-relay',
  });
  // Sin estos oyentes, una sesión que el servidor termina acabaría con el proceso.
  pool.on('error', (error) => log.warn({ err: error }, 'outbox relay lost an idle connection'));
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ err: error }, 'outbox relay lost its connection')),
  );
  const lag = metrics?.histogram('farutech_outbox_lag_seconds', 'From the change to JetStream.', []);
  const failed = metrics?.counter('farutech_outbox_failures_total', 'Publications that failed.', []);

  let rung = false;
  let lastRoundAt = 0;
  let wake: AbortController | undefined;
  const bell = openDatabaseBell({
    connectionString,
    channel: 'outbox',
    log,
    ring() {
      rung = true;
      wake?.abort();
    },
  });

  /** Abre la transacción, y dice si es la líder quien la abre: en una sola ida y vuelta, que se paga en cada ronda. */
  async function lead(client: PoolClient): Promise<boolean> {
    // Varias sentencias en un texto dan varios resultados, y los tipos de pg solo conocen uno.
    const results: unknown = await client.query(
      `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${idleLimitMs};
       SELECT pg_try_advisory_xact_lock(${leaderLock}) AS ok`,
    );
    return leadership.parse(results);
  }

  /** Nada en una réplica que no es la líder. */
  async function asLeader<T>(work: (client: PoolClient) => Promise<T>): Promise<T | undefined> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const result = (await lead(client)) ? await work(client) : undefined;
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // La conexión se tira: lo que quedara abierto en ella, cerrojo incluido, acaba con ella.
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Lo que JetStream ha confirmado, y si hubo que parar: adelantar lo que sigue rompería el orden del agregado. */
  async function publishGroup(
    rows: readonly OutboxRow[],
    until: number,
  ): Promise<{ sent: string[]; ok: boolean }> {
    const sent: string[] = [];
    for (const { id, subject, envelope } of rows) {
      if (performance.now() > until) break;
      try {
        await messaging.publish({ subject, envelope });
      } catch (error) {
        failed?.inc({});
        log.warn({ err: error, subject, messageId: envelope.id }, 'outbox message could not be published');
        return { sent, ok: false };
      }
      lag?.observe({}, Math.max(0, Date.now() - Date.parse(envelope.occurredAt)) / 1000);
      sent.push(id);
    }
    return { sent, ok: true };
  }

  async function publishBatch(client: PoolClient): Promise<Round> {
    const rows = await readBatch(client);
    const until = performance.now() + passBudgetMs;
    const groups = await Promise.all(groupByAggregate(rows).map((group) => publishGroup(group, until)));
    const sent = groups.flatMap((group) => group.sent);
    if (sent.length > 0) await markSent(client, sent);
    return {
      ok: groups.every((group) => group.ok),
      more: rows.length === batchSize || sent.length < rows.length,
    };
  }

  async function round(): Promise<Round> {
    if (beforePublish !== undefined) {
      const leads = await asLeader(async (client) => {
        await beforePublish(client);
        return true;
      });
      if (leads === undefined) return { ok: true, more: false };
    }
    return (await asLeader(publishBatch)) ?? { ok: true, more: false };
  }

  /** El primer timbrazo se atiende enseguida; los que le siguen se juntan: catorce hechos no son catorce rondas. */
  async function untilRung(ms: number): Promise<void> {
    const sinceLast = performance.now() - lastRoundAt;
    if (sinceLast < betweenRoundsMs) await pause(betweenRoundsMs - sinceLast, stopping.signal);
    wake = new AbortController();
    if (!rung) await pause(ms, stopping.signal, wake.signal);
    rung = false;
    lastRoundAt = performance.now();
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const { ok, more } = await round();
        failures = ok ? 0 : failures + 1;
        if (ok && more) continue;
      } catch (error) {
        failures += 1;
        log.error({ err: error, failures }, 'outbox round failed');
      }
      if (failures === 0) await untilRung(pollMs);
      // Sin escuchar el timbre: con NATS caído cada cambio volvería a intentarlo todo.
      else await pause(exponential(failures, 50, longestWaitMs), stopping.signal);
    }
  }
  const running = run();

  /** Lo último que se escribió no espera a que vuelva a arrancar alguien. */
  async function drain(): Promise<void> {
    const until = performance.now() + drainLimitMs;
    try {
      for (let more = true; more && performance.now() < until; ) {
        const last = await round();
        more = last.ok && last.more;
      }
    } catch (error) {
      log.warn({ err: error }, 'the outbox could not be drained; its rows go out at the next start');
    }
  }

  return {
    async close() {
      stopping.abort();
      await running;
      await drain();
      await Promise.all([bell.close(), pool.end()]);
    },
  };
}
