import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';
import { type FrameProxy, startFrameProxy } from './frame-proxy.ts';
import { httpFrames, natsFrames, postgresFrames } from './frame-readers.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';

let postgres: TestPostgres;
let proxy: FrameProxy;
let outside: pg.Client;
const open: pg.Client[] = [];
beforeAll(async () => {
  postgres = await startTestPostgres();
  proxy = await startFrameProxy({
    port: Number(new URL(postgres.adminUrl).port),
    frames: postgresFrames,
    labelOf: ({ label }) => label.split(':')[0] ?? '',
  });
  outside = new pg.Client({ connectionString: postgres.adminUrl });
  await outside.connect();
  await outside.query('CREATE TABLE mark (n int)');
}, 60_000);
afterEach(async () => {
  proxy.disarm();
  await Promise.all(open.splice(0).map((client) => client.end().catch(() => undefined)));
  await outside.query('TRUNCATE mark');
});
afterAll(async () => {
  await outside?.end();
  await proxy?.close();
  await postgres?.close();
});

async function connected(name = 'op:7:1'): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: proxy.through(postgres.adminUrl),
    application_name: name,
  });
  client.on('error', () => undefined);
  open.push(client);
  await client.connect();
  return client;
}
const marks = async (): Promise<number> => (await outside.query('SELECT n FROM mark')).rows.length;

describe('entre pg y PostgreSQL', () => {
  it('cuenta por application_name lo que cambia algo en el servidor, siempre igual', async () => {
    const seen: (readonly string[] | undefined)[] = [];
    for (let round = 0; round < 2; round += 1) {
      proxy.disarm();
      const client = await connected();
      await client.query('INSERT INTO mark VALUES ($1)', [round]);
      await client.query('SELECT 1');
      await client.end();
      await eventually(() => expect(proxy.counted().get('op')?.at(-1)).toBe('Terminate'));
      seen.push(proxy.counted().get('op'));
    }

    expect(seen[0]).toEqual(['Startup', 'Password', 'Password', 'Execute', 'Sync', 'Query', 'Terminate']);
    expect(seen[1]).toEqual(seen[0]);
    expect(await marks()).toBe(2);
  });

  it.each([
    // Lo ejecutado sin Sync no se confirma; con él, sí, aunque quien lo pidió ya no esté.
    ['Execute', 'before', 4, 0],
    ['Execute', 'after', 4, 0],
    ['Sync', 'before', 5, 0],
    ['Sync', 'after', 5, 1],
  ] as const)('actúa con %s %s: el servidor hizo lo que le llegó', async (_, when, frame, rows) => {
    let acted = 0;
    proxy.arm({ label: 'op', frame, when }, () => {
      acted += 1;
    });
    const client = await connected();

    await expect(client.query('INSERT INTO mark VALUES ($1)', [2])).rejects.toThrow();

    expect(acted).toBe(1);
    await eventually(async () => {
      const { rowCount } = await outside.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'op:7:1'`,
      );
      expect(rowCount).toBe(0);
    });
    expect(await marks()).toBe(rows);
  });

  it('retiene en los dos sentidos y luego deja seguir; cortar acaba con la conexión', async () => {
    const client = await connected();
    proxy.hold();
    let answered = false;
    const asked = client.query('INSERT INTO mark VALUES (1)').then(() => {
      answered = true;
    });
    const other = await outside.query('SELECT pg_sleep(0.2)');
    expect(other.rowCount).toBe(1);
    expect([answered, await marks()]).toEqual([false, 0]);

    proxy.release();
    await asked;
    expect(await marks()).toBe(1);

    proxy.cut();
    await expect(client.query('SELECT 1')).rejects.toThrow();
  });

  it('mata con SIGKILL justo en la trama: la mitad de lo que iba junto no llega', async () => {
    const script = `
      import pg from 'pg';
      const client = new pg.Client({ connectionString: process.env.URL, application_name: 'op:9:1' });
      await client.connect();
      await client.query('INSERT INTO mark VALUES (1)');
      await client.query('INSERT INTO mark VALUES (2)');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_OPTIONS: '', URL: proxy.through(postgres.adminUrl) },
      stdio: 'inherit',
    });
    proxy.arm({ label: 'op', frame: 5, when: 'before' }, () => child.kill('SIGKILL'));

    const signal = await new Promise((resolve) => child.once('exit', (_, how) => resolve(how)));

    expect(signal).toBe('SIGKILL');
    expect(await marks()).toBe(1);
  });
});

describe('lo que se lee a trozos', () => {
  const bytewise = (read: (chunk: Buffer) => readonly { name: string; counts: boolean }[], text: string) =>
    [...Buffer.from(text)].flatMap((byte) => read(Buffer.from([byte])));

  it('NATS: órdenes y publicaciones con su carga, aunque la carga parezca otra orden', () => {
    const text =
      'CONNECT {}\r\nPING\r\nSUB a 1\r\nPUB a 8\r\nPING\r\nXY\r\nHPUB b r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n';

    const frames = bytewise(natsFrames(), text);

    expect(frames.map(({ name, counts }) => (counts ? name : `(${name})`))).toEqual([
      'CONNECT',
      '(PING)',
      'SUB',
      'PUB',
      'HPUB',
    ]);
  });

  it('HTTP: una petición con su cuerpo, de largo dicho o por trozos', () => {
    const text =
      'GET /a HTTP/1.1\r\nHost: x\r\n\r\nPATCH /b HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\nPUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nDELETE /d HTTP/1.1\r\n\r\n';

    expect(bytewise(httpFrames(), text).map(({ name }) => name)).toEqual([
      'GET /a',
      'PATCH /b',
      'PUT /c',
      'DELETE /d',
    ]);
  });

  it('HTTP: de dos peticiones, la segunda no llega', async () => {
    const heard: string[] = [];
    const server = createServer((asked, answer) => {
      heard.push(asked.url ?? '');
      answer.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = await startFrameProxy({ port: (server.address() as AddressInfo).port, frames: httpFrames });
    http.arm({ label: 'http', frame: 2, when: 'before' }, () => undefined);
    const ask = (path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ port: http.port, path, agent: false }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
        })
          .on('error', reject)
          .end();
      });

    expect(await ask('/uno')).toBe(200);
    await expect(ask('/dos')).rejects.toThrow();
    expect(heard).toEqual(['/uno']);

    await http.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
