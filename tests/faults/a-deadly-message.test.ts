import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMessaging } from '../../packages/messaging/src/connection.ts';
import { about, lookAt, note, recordingLog } from '../../packages/messaging/src/testing/messaging-probe.ts';
import { eventually } from '../support/eventually.ts';
import { startTestNats, type TestNats } from '../support/nats.ts';
import { proving, recordProof } from '../support/proof.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const innocents = 40;

let nats: TestNats;
let eye: Awaited<ReturnType<typeof lookAt>>;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  nats = await startTestNats();
  eye = await lookAt(nats.url);
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await eye?.close();
  await nats?.close();
});

/** Como un supervisor: en cuanto uno muere, otro. Devuelve con qué señal acabó. */
function live(seen: number[]): Promise<string> {
  const args = [
    '--conditions=source',
    '--import',
    'tsx',
    `${root}packages/messaging/src/testing/deadly-consumer.ts`,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.dev.json', NATS_URL: nats.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.stdout?.on('data', (chunk: Buffer) => seen.push(...chunk.toString().trim().split('\n').map(Number)));
  return new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(signal ?? `${code}`);
    }),
  );
}

// La muestra de `make test` es la de packages/messaging, sin procesos: aquí mueren de verdad, de uno en uno.
it.runIf(proving)(
  'el mensaje que mata siempre a quien lo atiende acaba en carta muerta, y solo él',
  async () => {
    const messaging = openMessaging({ servers: nats.url, name: 'otros', log: recordingLog() });
    await eventually(() => messaging.check());
    await eventually(() => eye.manager.streams.info('DLQ'));
    for (let n = innocents; n >= 0; n -= 1) await messaging.publish(note(`m-${n}`, n, about(n)));
    await messaging.close();

    const seen: number[] = [];
    const deaths: string[] = [];
    let over = false;
    const supervising = (async () => {
      while (!over) deaths.push(await live(seen));
    })();
    await eventually(async () => expect(await eye.deadLetters()).toHaveLength(1), {
      withinMs: 120_000,
      everyMs: 200,
    });
    await eventually(() => expect(new Set(seen).size).toBe(innocents), { withinMs: 30_000 });
    await eventually(async () => {
      const info = await eye.manager.consumers.info('EVENT', 'mortal');
      expect(info.num_ack_pending + info.num_pending).toBe(0);
    });
    over = true;
    for (const child of running) child.kill('SIGTERM');
    await supervising;

    expect(await eye.deadLetters()).toMatchObject([{ messageId: 'm-0', code: 'CONSUMER_KEEPS_DYING' }]);
    // Cinco llegadas como a cualquiera, y tres más a solas y apuntadas; una que el servidor manda a quien acaba de
    // morir también cuenta, y no mata a nadie.
    const kills = deaths.filter((signal) => signal === 'SIGKILL').length;
    expect(kills).toBeGreaterThanOrEqual(4);
    expect(kills).toBeLessThanOrEqual(8);
    await recordProof('a-deadly-message', {
      'processes killed by it': kills,
      'innocent messages beside it, done': innocents,
      'dead letters': 1,
    });
  },
  240_000,
);
