import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { pruneLedger } from './prune-ledger.ts';
import { openLedger } from './testing/messaging-probe.ts';

let postgres: TestPostgres;
let url: string;
let ledger: pg.Pool;
const at = new Date('2026-06-30T12:00:00.000Z');
const daysBefore = (days: number, ms = 0): Date => new Date(at.getTime() - days * 86_400_000 - ms);
const never = new AbortController().signal;

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase('libro');
  ledger = await openLedger(url);
});
beforeEach(() => ledger.query('TRUNCATE outbox, processed_message, idempotency_key'));
afterAll(async () => {
  await ledger.end();
  await postgres.close();
});

const send = (id: string, occurredAt: Date, sentAt: Date | null) =>
  ledger.query(
    `INSERT INTO outbox (message_id, subject, aggregate_id, name, version, data, correlation_id, occurred_at, sent_at)
     VALUES ($1, 's', 'a', 'Noted', 1, '{}', $2, $3, $4)`,
    [id, randomUUID(), occurredAt, sentAt],
  );
const idsIn = async (table: string, column: string): Promise<string[]> =>
  (await ledger.query(`SELECT ${column} AS id FROM ${table} ORDER BY 1`)).rows.map(({ id }) => id);

describe('la limpieza del libro', () => {
  it('del buzón se va lo enviado hace más de lo que se guarda; lo que no salió no se toca, tenga la edad que tenga', async () => {
    await send('vieja', daysBefore(8), daysBefore(7, 1));
    await send('justa', daysBefore(8), daysBefore(7));
    await send('sin enviar', daysBefore(400), null);
    await send('vuelta a enviar', daysBefore(400), daysBefore(1));

    const said = await pruneLedger(url, { outboxDays: 7 }, at, never);

    expect(await idsIn('outbox', 'message_id')).toEqual(['justa', 'sin enviar', 'vuelta a enviar']);
    expect(said).toBe('rows deleted: outbox 1, processed_message 0, idempotency_key 0');
  });

  it('lo procesado dura más que cualquier stream, y una clave, 24 horas', async () => {
    const mark = (id: string, when: Date) =>
      ledger.query('INSERT INTO processed_message VALUES ($1, $2, $3)', ['uno', id, when]);
    const claim = (key: string, when: Date) =>
      ledger.query("INSERT INTO idempotency_key VALUES ('v', 'm', $1, 'h', 'r', $2)", [key, when]);
    await mark('pasado', daysBefore(31, 1));
    await mark('aún puede volver', daysBefore(30));
    await claim('ayer', daysBefore(1, 1));
    await claim('hoy', daysBefore(0, 86_399_000));

    await pruneLedger(url, { outboxDays: 7 }, at, never);

    expect(await idsIn('processed_message', 'message_id')).toEqual(['aún puede volver']);
    expect(await idsIn('idempotency_key', 'key')).toEqual(['hoy']);
  });

  it('por tandas: doce mil filas se van todas, y si hay que cerrar, ninguna más', async () => {
    await ledger.query(
      `INSERT INTO processed_message SELECT 'uno', g::text, $1 FROM generate_series(1, 12000) g`,
      [daysBefore(40)],
    );
    await pruneLedger(url, { outboxDays: 7 }, at, AbortSignal.abort());
    expect(await idsIn('processed_message', 'message_id')).toHaveLength(12_000);

    const said = await pruneLedger(url, { outboxDays: 7 }, at, never);

    expect(said).toContain('processed_message 12000');
    expect(await idsIn('processed_message', 'message_id')).toEqual([]);
  });
});
