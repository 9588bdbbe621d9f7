import { promises as files } from 'node:fs';
import { fact, uuid } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';
import pg from 'pg';
import { z } from 'zod';
import type { WireMessage } from '../connection.ts';
import type { MessagingLog } from '../log.ts';
import type { Execute } from '../outbox.ts';

/** Un hecho de prueba: `n` dice qué lugar ocupa dentro de su agregado. */
export const noted = fact('probe', {
  name: 'Noted',
  version: 1,
  schema: z.object({ about: uuid, n: z.int() }),
  aggregateId: (data) => data.about,
});

export const correlationId = '00000000-0000-4000-8000-00000000c0de';
export const cause = { actor: 'operator', correlationId };

export const about = (n: number): string => `00000000-0000-4000-8000-${n.toString().padStart(12, '0')}`;

export const note = (id: string, n = 1, aggregateId = about(1)): WireMessage => ({
  subject: noted.subject({ about: aggregateId, n }),
  envelope: {
    id,
    name: noted.name,
    version: noted.version,
    aggregateId,
    correlationId,
    occurredAt: '2026-03-01T12:00:00.000Z',
    data: { about: aggregateId, n },
  },
});

/** Guarda lo que se registra, para que una prueba pueda exigir una línea o su ausencia. */
export function recordingLog(): MessagingLog & {
  readonly lines: { level: string; text: string; fields: object }[];
} {
  const lines: { level: string; text: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, text: string) => {
    lines.push({ level, text, fields });
  };
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  };
}

const migrations = new URL('../../../../prisma/tenancy/migrations/', import.meta.url);

/** Las tablas de verdad, con su disparador: las de una base cualquiera, que en todas son iguales. */
export async function openLedger(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  // Al apagar el servidor, una sesión que ya se estaba despidiendo aún puede recibir su aviso.
  const warn = (error: Error): void => process.emitWarning(error.message);
  pool.on('error', warn);
  pool.on('connect', (client) => client.on('error', warn));
  for (const folder of (await files.readdir(migrations)).sort()) {
    if (folder.endsWith('.toml')) continue;
    await pool.query(await files.readFile(new URL(`${folder}/migration.sql`, migrations), 'utf8'));
  }
  return pool;
}

export const executeOn =
  (client: pg.Pool | pg.PoolClient): Execute =>
  async (sql, params) =>
    (await client.query(sql, [...params])).rowCount ?? 0;

/** Mira y toca el servidor por fuera de lo que se prueba. */
export async function lookAt(url: string) {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  return {
    manager,
    async deadLetters(): Promise<readonly MessageDeadLettered[]> {
      const { state } = await manager.streams.info('DLQ');
      const letters: MessageDeadLettered[] = [];
      for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
        const stored = await manager.streams.getMessage('DLQ', { seq });
        if (stored !== null) letters.push(stored.json<{ data: MessageDeadLettered }>().data);
      }
      return letters;
    },
    /** Recibe uno y lo devuelve sin decir nada de él, como quien se cae: gasta una entrega. */
    async takeAndReturn(stream: string, durable: string): Promise<void> {
      const consumer = await jetstream(connection).consumers.get(stream, durable);
      (await consumer.next({ expires: 5_000 }))?.nak();
    },
    publishRaw: (subject: string, body: string) => connection.request(subject, body),
    close: () => connection.close(),
  };
}
