import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ExecutionResult } from 'graphql';
import { type Client, CloseCode } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { eventually } from '../../tests/support/eventually.ts';
import { statusOf } from './testing/reader.ts';
import { GatewayUnderTest } from './testing/running-gateway.ts';

const query = `subscription Status($id: ID!, $after: String) {
  provisioningStatus(instanceId: $id, after: $after) { cursor version instance { id planName } }
}`;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapAfterCollection = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
});
afterAll(() => gateway.close());
const raw: WebSocket[] = [];
afterEach(async () => {
  for (const socket of raw.splice(0)) socket.terminate();
  await gateway.hangUp();
  await eventually(async () => expect(await gateway.metric('farutech_live_subscribers')).toBe(0));
});

interface Watching {
  readonly results: ExecutionResult[];
  readonly versions: number[];
  ended: unknown;
  readonly leave: () => void;
}

function watch(client: Client, id: string, after: string | null = null): Watching {
  const results: ExecutionResult[] = [];
  const watching: Watching = {
    results,
    get versions() {
      return results.map((result) => statusOf(result).version);
    },
    ended: undefined,
    leave: client.subscribe(
      { query, variables: { id, after } },
      {
        next: (result) => results.push(result as ExecutionResult),
        error: (error) => {
          watching.ended = error;
        },
        complete: () => {
          watching.ended ??= 'complete';
        },
      },
    ),
  };
  return watching;
}

/** El protocolo desnudo: sin biblioteca entre la prueba y el gateway. */
async function rawSocket(payload: unknown, headers: Record<string, string> = {}) {
  const socket = new WebSocket(gateway.running.wsUrl, 'graphql-transport-ws', { headers });
  raw.push(socket);
  const messages: { type: string; id?: string; payload?: unknown }[] = [];
  const state = { code: 0, status: 0, correlationId: '' };
  socket.on('error', () => undefined);
  socket.on('upgrade', (response) => {
    state.correlationId = String(response.headers['x-correlation-id']);
  });
  socket.on('unexpected-response', (_request, response) => {
    state.status = response.statusCode ?? 0;
    socket.terminate();
  });
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.on('close', (code) => {
    state.code = code;
  });
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
  return { socket, messages, state, send: (message: object) => socket.send(JSON.stringify(message)) };
}

const authorization = async (claims: Record<string, unknown> = {}): Promise<string> =>
  `Bearer ${await gateway.identity.token({ claims })}`;

describe('una suscripción por un socket', () => {
  it('da el presente y cada cambio, unido, en nombre del espectador y con el hilo del grupo', async () => {
    gateway.feed.append('norte', 2);
    const norte = watch(gateway.client(), 'norte');
    await eventually(() => expect(norte.versions).toEqual([2]));

    gateway.feed.append('norte');

    await eventually(() => expect(norte.versions).toEqual([2, 3]));
    expect(norte.results[1]).toEqual({
      data: {
        provisioningStatus: {
          cursor: gateway.feed.cursor(3),
          version: 3,
          instance: { id: 'norte', planName: 'plan-norte' },
        },
      },
    });
    expect(gateway.tenancy.subscribed.at(-1)?.sub).toBe('operator');
    expect(gateway.subscription.heard.at(-1)?.correlationId).toBe(
      gateway.tenancy.subscribed.at(-1)?.correlationId,
    );
    norte.leave();
  });

  it('espectadores iguales en sockets distintos comparten; otro espectador, no', async () => {
    gateway.feed.append('sur');
    const opened = await gateway.metric('farutech_live_groups');
    const watchers = [gateway.client(), gateway.client(), gateway.client({ claims: { sub: 'other' } })].map(
      (client) => watch(client, 'sur'),
    );
    await eventually(() => expect(watchers.map(({ versions }) => versions)).toEqual([[1], [1], [1]]));

    expect(await gateway.metric('farutech_live_subscribers')).toBe(3);
    expect((await gateway.metric('farutech_live_groups')) - opened).toBe(2);
    for (const { leave } of watchers) leave();
  });

  it('la negativa llega con code, field y correlationId', async () => {
    const absent = watch(gateway.client(), 'nadie');
    await eventually(() => expect(absent.ended).toBe('complete'));
    expect(absent.results).toHaveLength(1);
    expect(absent.results[0]?.errors?.[0]?.extensions).toEqual({
      code: 'NOT_FOUND',
      field: 'instanceId',
      correlationId: expect.any(String),
    });
  });

  it('consultas y mutaciones también corren por el socket', async () => {
    const client = gateway.client();
    const results: unknown[] = [];
    for await (const result of client.iterate({ query: '{ tenantInstance(id: "a") { id planName } }' }))
      results.push(result);
    expect(results).toEqual([{ data: { tenantInstance: { id: 'a', planName: 'plan-a' } } }]);
  });
});

describe('el subgrafo muere y vuelve', () => {
  it('no se pierde ni se repite nada, sin que el cliente lo note', async () => {
    gateway.feed.append('este', 1);
    const watchers = [gateway.client(), gateway.client()].map((client) => watch(client, 'este'));
    await eventually(() => expect(watchers.every(({ versions }) => versions.length === 1)).toBe(true));

    for (let round = 0; round < 3; round++) {
      gateway.feed.append('este', 3);
      await gateway.killTenancy();
      gateway.feed.append('este', 4);
      await gateway.reviveTenancy();
    }

    const all = Array.from({ length: 22 }, (_, index) => index + 1);
    await eventually(
      () => {
        for (const { versions } of watchers) expect(versions).toEqual(all);
      },
      { withinMs: 15_000 },
    );
    expect(watchers.map(({ ended }) => ended)).toEqual([undefined, undefined]);
    expect(await gateway.metric('farutech_live_upstreams_resumed_total')).toBeGreaterThan(0);
    for (const { leave } of watchers) leave();
  });
});

describe('un cliente que no lee', () => {
  it('no gasta memoria, y al volver a leer no le falta nada', async () => {
    gateway.feed.append('lento');
    const heavy = query.replace('version instance { id planName }', 'version detail');
    const { socket, messages, send } = await rawSocket({ authorization: await authorization() });
    await eventually(() => expect(messages[0]?.type).toBe('connection_ack'));
    send({ id: '1', type: 'subscribe', payload: { query: heavy, variables: { id: 'lento' } } });
    await eventually(() => expect(messages).toHaveLength(2));
    let fastest = 0;
    const leave = gateway.client().subscribe<never>(
      { query: heavy, variables: { id: 'lento' } },
      {
        next: (result) => {
          fastest = statusOf(result as ExecutionResult).version;
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
    await eventually(() => expect(fastest).toBe(1));
    socket.pause();

    const before = heapAfterCollection();
    for (let n = 0; n < 8; n++) {
      gateway.feed.append('lento', 100);
      await eventually(() => expect(fastest).toBe(1 + 100 * (n + 1)), { withinMs: 10_000 });
    }
    // 800 marcos de 32 KB: en una cola serían 25 MB.
    expect(heapAfterCollection() - before).toBeLessThan(8_000_000);
    await eventually(async () => expect(await gateway.metric('farutech_live_upstreams')).toBe(1));
    socket.resume();

    await eventually(() => expect(messages).toHaveLength(802), { withinMs: 60_000 });
    const versions = messages
      .filter(({ type }) => type === 'next')
      .map(({ payload }) => statusOf(payload as ExecutionResult).version);
    expect(versions).toEqual(Array.from({ length: 801 }, (_, index) => index + 1));
    leave();
    socket.terminate();
  }, 120_000);
});

describe('quién entra en un socket', () => {
  it('sin token, o con uno malo, se cierra con 4401', async () => {
    for (const payload of [undefined, {}, { authorization: 'Bearer a.b.c' }, { authorization: 7 }]) {
      const { state } = await rawSocket(payload);
      await eventually(() => expect(state.code).toBe(4401));
    }
  });

  it('al vencer el token se cierra con 4401', async () => {
    const { state } = await rawSocket({ authorization: await authorization({ exp: seconds(2) }) });
    await eventually(() => expect(state.code).toBe(4401));
  });

  it('un ping con un token nuevo del mismo espectador lo alarga sin cortar', async () => {
    const { state, messages, send, socket } = await rawSocket({
      Authorization: await authorization({ exp: seconds(2) }),
    });
    await eventually(() => expect(messages[0]?.type).toBe('connection_ack'));
    send({ type: 'ping', payload: { authorization: await authorization({ exp: seconds(60) }) } });
    await eventually(() => expect(messages.at(-1)?.type).toBe('pong'));
    const first = Date.now();
    await eventually(() => expect(Date.now() - first).toBeGreaterThan(2_500));
    expect(state.code).toBe(0);
    socket.terminate();
  });

  it('un ping con el token de otro se cierra con 4403', async () => {
    const { state, messages, send } = await rawSocket({ authorization: await authorization() });
    await eventually(() => expect(messages[0]?.type).toBe('connection_ack'));
    send({ type: 'ping', payload: { authorization: await authorization({ sub: 'other' }) } });
    await eventually(() => expect(state.code).toBe(4403));
  });

  it('un navegador entra desde aquí o desde un origen dado, y de ningún otro', async () => {
    const payload = { authorization: await authorization() };
    const own = new URL(gateway.running.url).origin;
    for (const origin of [own, 'http://portal.test']) {
      const { messages, socket, state } = await rawSocket(payload, { origin });
      await eventually(() => expect(messages[0]?.type).toBe('connection_ack'));
      expect(state.correlationId).toMatch(/^[0-9a-f-]{36}$/);
      socket.terminate();
    }
    const { state } = await rawSocket(payload, { origin: 'http://evil.test' });
    await eventually(() => expect(state.status).toBe(400));
  });
});

describe('límites sobre el socket', () => {
  it.each([
    [
      'demasiados alias',
      `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: ping`).join(' ')} }`,
      'QUERY_TOO_COMPLEX',
    ],
    ['demasiado honda', `{ ${'a { '.repeat(30)} b ${'} '.repeat(30)} }`, 'QUERY_TOO_COMPLEX'],
    ['que no se entiende', '{ ping', 'GRAPHQL_PARSE_FAILED'],
    ['que pide lo que no hay', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'con dos raíces',
      'subscription { a: tick(instanceId: 1) { count } b: tick(instanceId: 1) { count } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('una operación %s se niega y el socket sigue', async (_what, text, code) => {
    const { messages, send, socket, state } = await rawSocket({ authorization: await authorization() });
    await eventually(() => expect(messages[0]?.type).toBe('connection_ack'));
    send({ id: '1', type: 'subscribe', payload: { query: text } });
    await eventually(() =>
      expect(messages[1]).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: { code } }] }),
    );
    send({ id: '2', type: 'subscribe', payload: { query: '{ ping }' } });
    await eventually(() =>
      expect(messages[2]).toEqual({ type: 'next', id: '2', payload: { data: { ping: 'pong' } } }),
    );
    expect(state.code).toBe(0);
    socket.terminate();
  });

  it('un mensaje de más de 256 KB, o que no es el protocolo, cierra ese socket y nada más', async () => {
    const big = await rawSocket({ authorization: await authorization() });
    await eventually(() => expect(big.messages).toHaveLength(1));
    big.socket.send('x'.repeat(300_000));
    await eventually(() => expect(big.state.code).toBe(1009));

    const nonsense = await rawSocket({ authorization: await authorization() });
    await eventually(() => expect(nonsense.messages).toHaveLength(1));
    nonsense.socket.send('{');
    await eventually(() => expect(nonsense.state.code).toBe(CloseCode.BadRequest));

    expect((await gateway.get('/health/live')).status).toBe(200);
  });
});

describe('apagarse', () => {
  it('los clientes reciben 1001 y no queda nadie', async () => {
    const other = await GatewayUnderTest.start();
    other.feed.append('norte');
    let code = 0;
    const norte = watch(
      other.client({}, (closed) => {
        code = closed;
      }),
      'norte',
    );
    await eventually(() => expect(norte.versions).toEqual([1]));

    await other.running.close();

    await eventually(() => expect(code).toBe(1001));
    await eventually(() => expect(other.feed.live).toBe(0));
    await Promise.all([other.tenancy.close(), other.subscription.close(), other.identity.close()]);
  });
});
