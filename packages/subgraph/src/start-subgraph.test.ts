import { Secret } from '@farutech/kernel/secret';
import type { Role } from '@farutech/kernel/viewer';
import { createHealth } from '@farutech/runtime/health';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import { createLogger } from '@farutech/runtime/logger';
import { createMetrics } from '@farutech/runtime/metrics';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { openLiveIterators } from './live.ts';
import { type RunningSubgraph, startSubgraph } from './start-subgraph.ts';
import { buildTinySchema, items, type TinyContext, viewerWith } from './testing/tiny-subgraph.ts';

const secret = new Secret('a secret of at least thirty-two bytes, for tests');
const signer = createInternalTokenSigner(secret);
const correlationId = '01890000-0000-7000-8000-0000000000aa';
const lines: string[] = [];
const log = createLogger('test', { write: (line) => lines.push(line) });
const health = createHealth();
let running: RunningSubgraph;
let serial = 0;
let databaseIsUp = true;

const start = async () => {
  const { schema } = await buildTinySchema();
  return startSubgraph<TinyContext>({
    name: 'tiny',
    schema,
    host: '127.0.0.1',
    port: 0,
    internalTokenSecret: secret,
    createContext: (base) => {
      serial += 1;
      return { ...base, serial, auditRefusal: () => Promise.resolve() };
    },
    health,
    metrics: createMetrics('tiny'),
    log,
  });
};

beforeAll(async () => {
  health.add('database', () =>
    databaseIsUp ? Promise.resolve() : Promise.reject(new Error('database is away')),
  );
  running = await start();
});
afterAll(() => running.close());
afterEach(async () => {
  await vi.waitFor(() => expect(openLiveIterators()).toBe(0));
});

const tokenFor = (...roles: Role[]) => signer.sign(viewerWith(...roles));

async function post(body: unknown, token: string | undefined, headers: Record<string, string> = {}) {
  const response = await fetch(running.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-correlation-id': correlationId,
      ...(token !== undefined && { 'x-farutech-internal': token }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text), text };
}

describe('por HTTP', () => {
  it('responde a quien trae la palabra del gateway', async () => {
    const { status, body } = await post(
      { query: '{ items(first: 1) { edges { node { name price } } } }' },
      await tokenFor('BILLING'),
    );

    expect(status).toBe(200);
    expect(body).toEqual({ data: { items: { edges: [{ node: { name: 'item 3', price: '3.90' } }] } } });
  });

  it.each([
    ['ninguna', undefined],
    ['una inventada', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  ])('sin ella no: %s', async (_name, token) => {
    const { status, body } = await post({ query: '{ items { totalCount } }' }, token);

    expect(status).toBe(401);
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED', correlationId });
  });

  it('un error ajeno sale enmascarado, y se anota una vez con el id de correlación', async () => {
    lines.length = 0;

    const { status, body, text } = await post({ query: '{ secretFailure }' }, await tokenFor('SUPPORT'));

    expect(status).toBe(200);
    expect(body.errors[0].extensions).toEqual({ code: 'INTERNAL', correlationId });
    expect(text).not.toContain('hunter2');
    const told = lines.filter((line) => line.includes('operation failed'));
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? '{}')).toMatchObject({ correlationId, path: 'secretFailure' });
  });

  it.each([
    ['un documento que no se lee', '{', 400, { code: 'GRAPHQL_PARSE_FAILED', correlationId }],
    ['un campo que no existe', '{ nope }', 400, { code: 'GRAPHQL_VALIDATION_FAILED', correlationId }],
    [
      'un literal malo',
      '{ items(first: "x") { totalCount } }',
      400,
      { code: 'VALIDATION_FAILED', field: 'first', correlationId },
    ],
    [
      'una variable que falta',
      'query ($id: ID!) { item(id: $id) { id } }',
      400,
      { code: 'VALIDATION_FAILED', field: 'id', correlationId },
    ],
    [
      'una página de 101',
      '{ items(first: 101) { totalCount } }',
      200,
      { code: 'VALIDATION_FAILED', field: 'first', correlationId },
    ],
  ])('%s tiene su código', async (_name, query, status, extensions) => {
    const answer = await post({ query }, await tokenFor('PLATFORM_ADMIN'));

    expect(answer.status).toBe(status);
    expect(answer.body.errors.map((error: { extensions: unknown }) => error.extensions)).toEqual([
      extensions,
    ]);
  });

  it('no admite lotes, cuerpos enormes, texto que no es JSON ni formularios de otra página', async () => {
    const token = await tokenFor('SUPPORT');

    expect((await post([{ query: '{ __typename }' }], token)).status).toBe(400);
    const huge = await post({ query: `{ __typename } #${'x'.repeat(5_000_000)}` }, token);
    expect(huge.status).toBe(413);
    expect(huge.body.errors[0].extensions).toEqual({ code: 'BAD_REQUEST', correlationId });
    expect((await post('{no', token)).body.errors[0].extensions.code).toBe('BAD_REQUEST');
    expect(
      (await post('query={__typename}', token, { 'content-type': 'text/plain' })).status,
    ).toBeGreaterThanOrEqual(400);
  });

  it('un lote grande de entidades pasa', async () => {
    const representations = Array.from({ length: 10_000 }, () => ({ __typename: 'Item', id: items[0]?.id }));
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Item { name } } }';

    const { body } = await post({ query, variables: { r: representations } }, await tokenFor('CHILD_APP'));

    expect(body.data._entities).toHaveLength(10_000);
  });

  it('un id de correlación que no es un UUID se cambia por otro', async () => {
    const { body } = await post({ query: '{ nope }' }, await tokenFor('SUPPORT'), {
      'x-correlation-id': 'x\u0020y',
    });

    expect(body.errors[0].extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('dice si vive y si está listo, y sus cifras', async () => {
    const base = running.url.replace('/graphql', '');

    expect((await fetch(`${base}/health/live`)).status).toBe(200);
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    databaseIsUp = false;
    expect((await fetch(`${base}/health/ready`)).status).toBe(503);
    databaseIsUp = true;
    const figures = await (await fetch(`${base}/metrics`)).text();
    expect(figures).toMatch(/graphql_operation_seconds_count\{service="tiny",operation="query"\} \d+/);
    expect(figures).toMatch(/graphql_errors_total\{code="UNAUTHENTICATED",service="tiny"\} 2/);
  });
});

describe('por un socket', () => {
  const clients: Client[] = [];
  const closes: number[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    closes.length = 0;
  });

  function connect(url = running.wsUrl) {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
      on: { closed: (event) => closes.push((event as { code: number }).code) },
    });
    clients.push(client);
    return client;
  }

  /** Abre una operación y guarda lo que llega. */
  function open(client: Client, query: string, internalToken: string | undefined) {
    const frames: unknown[] = [];
    let error: unknown;
    let completed = false;
    const stop = client.subscribe(
      { query, extensions: { internalToken, correlationId } },
      {
        next: (frame) => frames.push(JSON.parse(JSON.stringify(frame))),
        error: (reason) => {
          error = reason;
        },
        complete: () => {
          completed = true;
        },
      },
    );
    return { frames, stop, error: () => error, completed: () => completed };
  }

  const ticks = (upTo: number, fail = false) =>
    `subscription { ticks(upTo: ${upTo}, fail: ${fail}) { cursor serial } }`;

  it('un mismo socket sirve a varios, cada uno con su palabra, y cada suceso tiene su contexto', async () => {
    const client = connect();
    const admin = open(client, ticks(3), await tokenFor('PLATFORM_ADMIN'));
    const stranger = open(client, ticks(3), undefined);
    const billing = open(client, ticks(3), await tokenFor('BILLING'));

    await vi.waitFor(() => expect(admin.frames).toHaveLength(3));
    await vi.waitFor(() => expect([stranger.error(), billing.error()]).not.toContain(undefined));

    const seen = admin.frames as { data: { ticks: { cursor: string; serial: number } } }[];
    expect(seen.map(({ data }) => data.ticks.cursor)).toEqual(['1', '2', '3']);
    expect(new Set(seen.map(({ data }) => data.ticks.serial)).size).toBe(3);
    expect(stranger.error()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', correlationId } }]);
    expect(billing.error()).toMatchObject([{ extensions: { code: 'FORBIDDEN', correlationId } }]);
    expect([...stranger.frames, ...billing.frames]).toEqual([]);
    expect(closes).toEqual([]);

    expect(openLiveIterators()).toBe(1);
    admin.stop();
    await vi.waitFor(() => expect(openLiveIterators()).toBe(0));
  });

  it.each([
    ['lo que no existe', ticks(-1), { code: 'NOT_FOUND', field: 'upTo' }],
    ['lo que se rompe al abrir', ticks(666), { code: 'INTERNAL' }],
    ['un documento que no se lee', 'subscription {', { code: 'GRAPHQL_PARSE_FAILED' }],
    ['un campo que no existe', 'subscription { nope }', { code: 'GRAPHQL_VALIDATION_FAILED' }],
    [
      'un literal malo',
      'subscription { ticks(upTo: "x") { cursor } }',
      { code: 'VALIDATION_FAILED', field: 'upTo' },
    ],
    [
      'una variable que falta',
      'subscription ($n: Int!) { ticks(upTo: $n) { cursor } }',
      { code: 'VALIDATION_FAILED', field: 'upTo' },
    ],
  ])('%s se niega con un mensaje error, antes del primer suceso', async (_name, query, extensions) => {
    const refused = open(connect(), query, await tokenFor('PLATFORM_ADMIN'));

    await vi.waitFor(() => expect(refused.error()).toBeDefined());

    expect((refused.error() as { extensions: unknown }[]).map((error) => error.extensions)).toEqual([
      { ...extensions, correlationId },
    ]);
    expect(refused.frames).toEqual([]);
    expect(JSON.stringify(refused.error())).not.toContain('hunter2');
  });

  it('lo que falla a mitad dice su código', async () => {
    const stream = open(connect(), ticks(2, true), await tokenFor('CHILD_APP'));

    await vi.waitFor(() => expect(stream.error()).toBeDefined());

    expect(stream.frames).toHaveLength(2);
    expect(stream.error()).toMatchObject([
      { extensions: { code: 'CURSOR_EXPIRED', field: 'after', correlationId } },
    ]);
  });

  it('un error dentro de un suceso sale enmascarado y el flujo sigue', async () => {
    const stream = open(connect(), ticks(14), await tokenFor('PLATFORM_ADMIN'));

    await vi.waitFor(() => expect(stream.frames).toHaveLength(14));
    stream.stop();

    expect(stream.frames[12]).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL', correlationId } }],
    });
    expect(JSON.stringify(stream.frames)).not.toContain('hunter2');
    expect(stream.frames[13]).toMatchObject({ data: { ticks: { cursor: '14' } } });
  });

  it('las consultas también pasan por él', async () => {
    const answer = open(connect(), '{ items(first: 1) { totalCount } }', await tokenFor('CHILD_APP'));

    await vi.waitFor(() => expect(answer.completed()).toBe(true));

    expect(answer.frames).toEqual([{ data: { items: { totalCount: 3 } } }]);
  });

  it('un socket cortado suelta sus suscripciones', async () => {
    const client = connect();
    const stream = open(client, ticks(1), await tokenFor('PLATFORM_ADMIN'));
    await vi.waitFor(() => expect(stream.frames).toHaveLength(1));

    client.terminate();

    await vi.waitFor(() => expect(openLiveIterators()).toBe(0));
  });

  it('al parar se despide con 1001 y sin complete, para que el gateway siga en otra réplica', async () => {
    const other = await start();
    const stream = open(connect(other.wsUrl), ticks(2), await tokenFor('PLATFORM_ADMIN'));
    await vi.waitFor(() => expect(stream.frames).toHaveLength(2));

    await other.close();

    expect(openLiveIterators()).toBe(0);
    await vi.waitFor(() => expect(closes).toEqual([1001]));
    expect(stream.completed()).toBe(false);
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
