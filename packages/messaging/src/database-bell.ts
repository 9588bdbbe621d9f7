import { pause } from '@farutech/kernel/pause';
import pg from 'pg';
import type { MessagingLog } from './log.ts';

const retryMs = 1_000;

export interface DatabaseBellOptions {
  readonly connectionString: string;
  /** Of `NOTIFY`, and part of the name by which PostgreSQL knows the session. */
  readonly channel: string;
  readonly log: MessagingLog;
  /** With what was notified; without it after each connection, since something may have been missed. */
  ring(payload?: string): void;
}

/** Listens to `NOTIFY`; a lost connection is made again. A poll must stand behind it. */
export function openDatabaseBell({ connectionString, channel, log, ring }: DatabaseBellOptions): {
  close(): Promise<void>;
} {
  const stopping = new AbortController();

  async function listenOnce(): Promise<void> {
    const client = new pg.Client({ connectionString, keepAlive: true, application_name: `${channel}-bell` });
    const ended = new Promise<void>((resolve) => {
      client.on('error', (error) => {
        log.warn({ err: error, channel }, 'a bell lost its connection');
        resolve();
      });
      client.on('end', resolve);
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      client.on('notification', ({ payload }) => ring(payload ?? ''));
      await client.connect();
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      ring();
      await ended;
    } finally {
      await client.end();
    }
  }

  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await listenOnce();
      } catch (error) {
        log.warn({ err: error, channel }, 'a bell cannot listen; the poll goes on');
      }
      await pause(retryMs, stopping.signal);
    }
  }
  const listening = listen();

  return {
    async close() {
      stopping.abort();
      await listening;
    },
  };
}
