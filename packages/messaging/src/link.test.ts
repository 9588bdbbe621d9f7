import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startFrameProxy } from '../../../tests/support/frame-proxy.ts';
import { natsFrames } from '../../../tests/support/frame-readers.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { openLink } from './link.ts';
import { recordingLog } from './testing/messaging-probe.ts';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats?.close());

it('conectado pero sin streams nadie empieza a consumir: empieza una vez, cuando están', async () => {
  const proxy = await startFrameProxy({ port: Number(new URL(nats.url).port), frames: natsFrames });
  proxy.withhold(({ bytes }) => bytes.includes('$JS.API.'));
  const order: string[] = [];
  const link = openLink({
    servers: `nats://127.0.0.1:${proxy.port}`,
    name: 'prueba',
    log: recordingLog(),
    onLost: () => undefined,
  });
  link.onConnected(() => order.push('told'));
  await eventually(() => expect(link.current().isClosed()).toBe(false));
  // La conexión sirve ya, y los streams no han contestado.
  const connected = link.connected(new AbortController().signal).then(() => order.push('connected'));
  await link.current().flush();
  expect(order).toEqual([]);

  proxy.release();
  await connected;

  expect(order).toEqual(['told', 'connected']);
  await link.close();
  await proxy.close();
}, 30_000);
