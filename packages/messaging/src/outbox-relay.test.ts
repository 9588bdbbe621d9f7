import { randomUUID } from 'node:crypto';
import { tell } from '@farutech/contracts/contract';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { type Messaging, openMessaging } from './connection.ts';
import { writeOutbox } from './outbox.ts';
import { type OutboxRelayOptions, startOutboxRelay } from './outbox-relay.ts';
import {
  about,
  cause,
  executeOn,
  lookAt,
  noted,
  openLedger,
  recordingLog,
} from './testing/messaging-probe.ts';

let postgres: TestPostgres;
let nats: TestNats;
let url: string;
let ledger: pg.Pool;
let messaging: Messaging;
const closing: (() => Promise<unknown>)[] = [];
let databases = 0;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()]);
}, 60_000);
beforeEach(async () => {
  databases += 1;
  url = await postgres.createDatabase(`libro_${databases}`);
  ledger = await openLedger(url);
  messaging = openMessaging({ servers: nats.url, name: 'prueba', log: recordingLog() });
  await eventually(() => messaging.check());
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await messaging.close();
  await ledger.end();
});
afterAll(async () => {
  await Promise.all([postgres.close(), nats.close()]);
});

function relay(more: Partial<OutboxRelayOptions> = {}) {
  const log = recordingLog();
  const started = startOutboxRelay({ connectionString: url, messaging, log, ...more });
  closing.push(() => started.close());
  return { log, close: () => started.close() };
}

const change = (n: number, aggregateId = about(1)): Promise<void> =>
  writeOutbox(executeOn(ledger), randomUUID, cause, new Date(), [tell(noted, { about: aggregateId, n })]);

const unsent = async (): Promise<number> => {
  const { rows } = await ledger.query('SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL');
  return rows[0].n;
};

/** Lo que JetStream guarda desde `firstSeq`, por agregado y en su orden. */
async function stored(): Promise<{ byAggregate: Map<string, number[]>; ids: string[] }> {
  const eye = await lookAt(nats.url);
  closing.push(() => eye.close());
  const { state } = await eye.manager.streams.info('EVENT');
  const byAggregate = new Map<string, number[]>();
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await eye.manager.streams.getMessage('EVENT', { seq });
    const body = message?.json<{ id: string; aggregateId: string; data: { n: number } }>();
    if (body === undefined) continue;
    ids.push(body.id);
    byAggregate.set(body.aggregateId, [...(byAggregate.get(body.aggregateId) ?? []), body.data.n]);
  }
  return { byAggregate, ids };
}

const emptyStream = async (): Promise<void> => {
  const eye = await lookAt(nats.url);
  await eventually(() => eye.manager.streams.purge('EVENT'));
  await eye.close();
};

describe('relevo del outbox', () => {
  it('publica lo escrito con su sobre completo, en orden dentro de cada agregado, y lo marca', async () => {
    await emptyStream();
    for (let n = 1; n <= 60; n += 1) {
      for (let one = 1; one <= 8; one += 1) await change(n, about(one));
    }
    relay();

    await eventually(async () => expect(await unsent()).toBe(0));
    const { byAggregate, ids } = await stored();
    const inOrder = Array.from({ length: 60 }, (_, index) => index + 1);
    expect([...byAggregate.values()]).toEqual(Array(8).fill(inOrder));
    const { rows } = await ledger.query('SELECT message_id FROM outbox ORDER BY id');
    expect(ids.toSorted()).toEqual(rows.map((row) => row.message_id).toSorted());
  }, 30_000);

  it('el timbre llega mucho antes que el sondeo: la mediana de COMMIT a PubAck no pasa de 150 ms con la máquina llena', async () => {
    await emptyStream();
    const at = new Map<string, number>();
    const watched = {
      async publish(message: Parameters<Messaging['publish']>[0]) {
        await messaging.publish(message);
        at.set(message.envelope.id, performance.now());
      },
    };
    relay({ messaging: watched });
    await change(0);
    await eventually(async () => expect(await unsent()).toBe(0));
    const taken: number[] = [];
    for (let n = 1; n <= 40; n += 1) {
      const id = `latencia-${n}`;
      await writeOutbox(executeOn(ledger), () => id, cause, new Date(), [
        tell(noted, { about: about(1), n }),
      ]);
      const committedAt = performance.now();
      await eventually(() => expect(at.has(id)).toBe(true), { everyMs: 2 });
      taken.push(Math.max(0, (at.get(id) ?? 0) - committedAt));
    }

    const median = taken.toSorted((a, b) => a - b)[20] ?? Number.NaN;
    process.stdout.write(`relevo: mediana ${median.toFixed(1)} ms de COMMIT a PubAck\n`);
    expect(median).toBeLessThan(150);
  }, 30_000);

  it('con NATS matado los cambios se aceptan, y al volver salen todos, una vez y en orden', async () => {
    await emptyStream();
    const { log } = relay();
    await change(1);
    await eventually(async () => expect(await unsent()).toBe(0));

    await nats.kill();
    for (let n = 2; n <= 11; n += 1) await change(n);
    await eventually(() =>
      expect(log.lines.map((line) => line.text)).toContain('outbox message could not be published'),
    );
    expect(await unsent()).toBe(10);
    await nats.start();

    await eventually(async () => expect(await unsent()).toBe(0), { withinMs: 20_000 });
    const { byAggregate } = await stored();
    // Sin el 1: quien muere con kill -9 puede perder lo que confirmó y aún no había escrito.
    expect(byAggregate.get(about(1))?.filter((n) => n > 1)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  }, 40_000);

  it('tres réplicas a la vez: uno trabaja, nada sale dos veces, y `beforePublish` nunca coincide consigo', async () => {
    await emptyStream();
    let inside = 0;
    let overlaps = 0;
    let published = 0;
    const options = {
      messaging: {
        async publish(message: Parameters<Messaging['publish']>[0]) {
          published += 1;
          await messaging.publish(message);
        },
      },
      async beforePublish(client: pg.PoolClient) {
        inside += 1;
        if (inside > 1) overlaps += 1;
        await client.query('SELECT pg_sleep(0.002)');
        inside -= 1;
      },
    };
    for (let replica = 0; replica < 3; replica += 1) relay(options);
    await Promise.all(Array.from({ length: 100 }, (_, n) => change(n, about(n % 5))));

    await eventually(async () => expect(await unsent()).toBe(0));
    expect({ overlaps, published }).toEqual({ overlaps: 0, published: 100 });
  }, 30_000);

  it('mientras `beforePublish` falla no se publica nada, y se dice', async () => {
    let broken = true;
    const { log } = relay({
      async beforePublish() {
        if (broken) throw new Error('no se puede numerar');
      },
    });
    await change(1);
    await eventually(() =>
      expect(log.lines.filter((line) => line.text === 'outbox round failed').length).toBeGreaterThan(2),
    );
    expect(await unsent()).toBe(1);

    broken = false;

    await eventually(async () => expect(await unsent()).toBe(0));
  });

  it('un agregado que no se puede publicar no detiene a los demás, y no se adelanta a sí mismo', async () => {
    const sent: string[] = [];
    let stuck = true;
    relay({
      messaging: {
        async publish({ envelope }) {
          if (stuck && envelope.aggregateId === about(1)) throw new Error('no pasa');
          sent.push(`${envelope.aggregateId.at(-1)}:${(envelope.data as { n: number }).n}`);
        },
      },
    });
    for (const n of [1, 2]) {
      await change(n, about(1));
      await change(n, about(2));
    }
    await eventually(() => expect(sent).toEqual(['2:1', '2:2']));

    stuck = false;

    await eventually(() => expect(sent).toEqual(['2:1', '2:2', '1:1', '1:2']));
  });

  it('un líder que se queda parado pierde su sesión a los 3 s y otro sigue', async () => {
    let reached = false;
    let free = (): void => undefined;
    const stuck = new Promise<void>((resolve) => {
      free = resolve;
    });
    relay({
      messaging: {
        async publish() {
          reached = true;
          await stuck;
        },
      },
    });
    await change(1);
    await eventually(() => expect(reached).toBe(true));
    relay();
    const startedAt = performance.now();

    await eventually(async () => expect(await unsent()).toBe(0));

    expect(performance.now() - startedAt).toBeLessThan(6_000);
    free();
  }, 20_000);

  it('cortadas sus sesiones por el servidor, sigue', async () => {
    relay();
    await change(1);
    await eventually(async () => expect(await unsent()).toBe(0));

    const { rows } = await ledger.query(
      `SELECT count(pg_terminate_backend(pid))::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND application_name IN ('outbox-relay', 'outbox-bell')`,
    );
    expect(rows[0].n).toBeGreaterThan(0);
    await change(2);

    await eventually(async () => expect(await unsent()).toBe(0));
  });
});
