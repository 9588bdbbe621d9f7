import { randomUUID } from 'node:crypto';
import { tell } from '@farutech/contracts/contract';
import { Secret } from '@farutech/kernel/secret';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { writeAudit } from './audit.ts';
import { claimIdempotencyKey, parseIdempotencyKey, rememberResult } from './idempotency.ts';
import { writeOutbox } from './outbox.ts';
import { markProcessed } from './processed.ts';
import { about, cause, correlationId, executeOn, noted, openLedger } from './testing/messaging-probe.ts';

let postgres: TestPostgres;
let ledger: pg.Pool;
const at = new Date('2026-03-01T12:00:00.123Z');

beforeAll(async () => {
  postgres = await startTestPostgres();
  ledger = await openLedger(await postgres.createDatabase('libro'));
}, 60_000);
beforeEach(async () => {
  await ledger.query('TRUNCATE outbox, processed_message, audit_entry, idempotency_key');
});
afterAll(async () => {
  await ledger.end();
  await postgres.close();
});

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await ledger.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

describe('outbox', () => {
  it('guarda los hechos en su orden, con la causa, y avisa una vez', async () => {
    const bell = await ledger.connect();
    let rings = 0;
    bell.on('notification', () => {
      rings += 1;
    });
    await bell.query('LISTEN outbox');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const events = Array.from({ length: 1_200 }, (_, n) => tell(noted, { about: about(n % 3), n }));

    await inTransaction((client) =>
      writeOutbox(executeOn(client), randomUUID, { ...cause, traceparent }, at, [
        tell(noted, { about: about(9), n: -1 }, 'fact:op:1'),
        ...events,
      ]),
    );

    const { rows } = await ledger.query('SELECT * FROM outbox ORDER BY id');
    expect(rows.map((row) => row.data.n)).toEqual([-1, ...events.keys()]);
    expect(rows[0]).toMatchObject({
      message_id: 'fact:op:1',
      subject: `farutech.event.probe.Noted.${about(9)}`,
      aggregate_id: about(9),
      name: 'Noted',
      version: 1,
      correlation_id: correlationId,
      traceparent,
      occurred_at: at,
      sent_at: null,
    });
    await bell.query('SELECT 1');
    // Cabe en tres sentencias, y los avisos iguales de una transacción son uno.
    expect(rings).toBe(1);
    bell.release(true);
  });

  it('un dato que su contrato rechaza, o un identificador repetido, no dejan nada escrito', async () => {
    const write = (data: { about: string; n: number }, id: string) =>
      inTransaction(async (client) => {
        await client.query("INSERT INTO processed_message VALUES ('antes', $1, now())", [id]);
        await writeOutbox(executeOn(client), randomUUID, cause, at, [tell(noted, data, id)]);
      });
    await write({ about: about(1), n: 1 }, 'm-1');

    await expect(write({ about: 'nadie', n: 1 }, 'm-2')).rejects.toThrow();
    await expect(write({ about: about(1), n: 2 }, 'm-1')).rejects.toMatchObject({ code: '23505' });

    const { rows } = await ledger.query(
      'SELECT (SELECT count(*) FROM outbox)::int o, count(*)::int p FROM processed_message',
    );
    expect(rows).toEqual([{ o: 1, p: 1 }]);
  });

  it('sin hechos no hace nada', async () => {
    await writeOutbox(() => Promise.reject(new Error('no debía tocar la base')), randomUUID, cause, at, []);
  });
});

describe('auditoría', () => {
  it('guarda quién, qué y cómo acabó, y ningún secreto', async () => {
    await writeAudit(executeOn(ledger), randomUUID, cause, at, {
      action: 'registerCustomer',
      entityType: 'Customer',
      entityId: about(1),
      outcome: 'REFUSED',
      code: 'TAX_ID_TAKEN',
      detail: { field: 'taxId', password: new Secret('hunter2') },
    });

    const { rows } = await ledger.query('SELECT * FROM audit_entry');
    expect(rows).toMatchObject([
      {
        actor: 'operator',
        action: 'registerCustomer',
        outcome: 'REFUSED',
        code: 'TAX_ID_TAKEN',
        chain_no: null,
        at,
      },
    ]);
    expect(rows[0].detail).toEqual({ field: 'taxId', password: '[REDACTED]' });
  });
});

describe('mensaje ya tratado', () => {
  it('el segundo espera al primero: si aquel confirma, es repetido; si se deshace, es suyo', async () => {
    const rival = (outcome: 'COMMIT' | 'ROLLBACK', id: string) =>
      inTransaction(async (first) => {
        expect(await markProcessed(executeOn(first), 'tenancy', id, at)).toBe(true);
        const second = inTransaction((client) => markProcessed(executeOn(client), 'tenancy', id, at));
        await waitForLock();
        await first.query(outcome);
        return second;
      });

    expect(await rival('COMMIT', 'm-1')).toBe(false);
    expect(await rival('ROLLBACK', 'm-2')).toBe(true);
    expect(await markProcessed(executeOn(ledger), 'otro', 'm-1', at)).toBe(true);
  });
});

/** Hasta que alguien espera de verdad por una fila: entonces la carrera ya está planteada. */
async function waitForLock(): Promise<void> {
  for (;;) {
    const { rows } = await ledger.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    if (rows.length > 0) return;
  }
}

describe('clave de idempotencia', () => {
  const claim = {
    viewer: 'operator',
    mutation: 'provisionTenantInstance',
    key: 'k-1',
    input: { a: 1, b: [2] },
  };
  const take = (
    client: pg.Pool | pg.PoolClient,
    change: Partial<typeof claim> | { input: unknown } = {},
    when = at,
  ) =>
    claimIdempotencyKey(
      async (sql, params) => (await client.query(sql, [...params])).rows,
      { ...claim, ...change },
      when,
    );
  const first = () =>
    inTransaction(async (client) => {
      expect(await take(client)).toEqual({ known: false });
      await rememberResult(executeOn(client), claim, 'op-1');
    });

  it('la misma entrada, aunque con los campos en otro orden, da la primera respuesta', async () => {
    await first();

    expect(await take(ledger, { input: { b: [2], a: 1, c: undefined } })).toEqual({
      known: true,
      resultId: 'op-1',
    });
  });

  it('otra entrada es IDEMPOTENCY_KEY_REUSED', async () => {
    await first();

    await expect(take(ledger, { input: { a: 1, b: [3] } })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      field: 'idempotencyKey',
    });
  });

  it('es de quien la usó y de esa mutación, y dura 24 h', async () => {
    await first();

    expect(await take(ledger, { viewer: 'otro' })).toEqual({ known: false });
    expect(await take(ledger, { mutation: 'registerCustomer' })).toEqual({ known: false });
    expect(await take(ledger, {}, new Date(at.getTime() + 86_399_000))).toMatchObject({ known: true });
    expect(await take(ledger, { input: { a: 9 } }, new Date(at.getTime() + 86_401_000))).toEqual({
      known: false,
    });
  });

  it('dos peticiones a la vez: la segunda espera y recibe la respuesta de la primera; si aquella cae, la hace ella', async () => {
    const race = (outcome: 'COMMIT' | 'ROLLBACK', key: string) =>
      inTransaction(async (client) => {
        expect(await take(client, { key })).toEqual({ known: false });
        await rememberResult(executeOn(client), { ...claim, key }, 'op-1');
        const second = inTransaction((other) => take(other, { key }));
        await waitForLock();
        await client.query(outcome);
        return second;
      });

    expect(await race('COMMIT', 'k-1')).toEqual({ known: true, resultId: 'op-1' });
    expect(await race('ROLLBACK', 'k-2')).toEqual({ known: false });
  });

  it.each(['', 'x'.repeat(129), 'con\nsalto', 'ñandú'])('no acepta %j como clave', (raw) => {
    expect(() => parseIdempotencyKey(raw, 'idempotencyKey')).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'idempotencyKey' }),
    );
  });
});
