import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { openMessaging } from './connection.ts';
import { on } from './consume.ts';
import { writeOutbox } from './outbox.ts';
import { pendingOf, unsentOf } from './pending.ts';
import { about, cause, executeOn, note, noted, openLedger, recordingLog } from './testing/messaging-probe.ts';

let nats: TestNats;
let postgres: TestPostgres;
beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
});
afterAll(async () => {
  await Promise.all([nats?.close(), postgres?.close()]);
});

it('cuenta lo que espera y lo que está en manos de alguien, y cero cuando todo acabó', async () => {
  const messaging = openMessaging({ servers: nats.url, name: 'prueba', log: recordingLog() });
  await eventually(() => messaging.check());
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  messaging.consume({
    durable: 'probe-slow',
    stream: 'EVENT',
    filterSubject: 'farutech.event.probe.>',
    concurrency: 1,
    handlers: [on(noted, () => held)],
  });
  for (let n = 1; n <= 5; n += 1) await messaging.publish(note(`pending-${n}`, n, about(n)));

  // Con concurrencia 1 toma dos (la que atiende y la siguiente) y deja tres en el servidor.
  await eventually(async () => {
    expect(await pendingOf(nats.url)).toEqual([
      {
        stream: 'EVENT',
        durable: 'probe-slow',
        filterSubject: 'farutech.event.probe.>',
        waiting: 3,
        atWork: 2,
      },
    ]);
  });
  release();

  await eventually(async () => {
    expect(await pendingOf(nats.url)).toMatchObject([{ durable: 'probe-slow', waiting: 0, atWork: 0 }]);
  });
  await messaging.close();
});

it('sin servidor dice NATS_UNAVAILABLE', async () => {
  await expect(pendingOf('nats://127.0.0.1:1')).rejects.toMatchObject({ code: 'NATS_UNAVAILABLE' });
});

it('cuenta las filas del buzón que no han salido', async () => {
  const url = await postgres.createDatabase('pending');
  const pool = await openLedger(url);
  const at = new Date('2026-03-01T12:00:00Z');
  const event = { contract: noted, data: { about: about(1), n: 1 } };

  await writeOutbox(executeOn(pool), randomUUID, cause, at, [event, event]);
  expect(await unsentOf(url)).toBe(2);

  await pool.query('UPDATE outbox SET sent_at = occurred_at');
  expect(await unsentOf(url)).toBe(0);
  await pool.end();
});
