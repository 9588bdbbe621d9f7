import { pause } from '@farutech/kernel/pause';
import pg from 'pg';
import type { MessagingLog } from './log.ts';

const retryMs = 1_000;

/** Listens to `NOTIFY outbox` and calls `ring`; a lost connection is made again. A poll must stand behind it. */
export function openOutboxBell(
  connectionString: string,
  log: MessagingLog,
  ring: () => void,
): { close(): Promise<void> } {
  const stopping = new AbortController();

  async function listenOnce(): Promise<void> {
    const client = new pg.Client({ connectionString, keepAlive: true, application_name: 'outbox-bell' });
    const ended = new Promise<void>((resolve) => {
      client.on('error', (error) => {
        log.warn({ err: error }, 'outbox bell lost its connection');
        resolve();
      });
      client.on('end', resolve);
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      client.on('notification', ring);
      await client.connect();
      await client.query('LISTEN outbox');
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
        log.warn({ err: error }, 'outbox bell cannot listen; the poll goes on');
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
