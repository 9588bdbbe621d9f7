import { createServer, type Server, type Socket } from 'node:net';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventually } from '../../../tests/support/eventually.ts';
import { quietLog } from '../testing/quiet-log.ts';
import { internalSecret, type ServedSubgraph, serveSubgraph } from '../testing/served-subgraph.ts';
import { StatusFeed } from '../testing/status-feed.ts';
import { tenancyResolvers, tenancySdl } from '../testing/world.ts';
import type { UpstreamEvent } from './transport.ts';
import { WebSocketTransport } from './websocket-transport.ts';

const query =
  'subscription ($after: String) { provisioningStatus(instanceId: "norte", after: $after) { version } }';
const viewer = { sub: 'a', roles: ['SUPPORT'], tenantId: null, instanceIds: [] } as const;

/** Un cable entre el gateway y el subgrafo que se puede congelar: los bytes dejan de pasar y nada se cierra. */
class Wire {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  frozen = false;
  port = 0;

  async open(target: number): Promise<void> {
    const { connect } = await import('node:net');
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => undefined);
        from.on('data', (bytes) => {
          if (!this.frozen) to.write(bytes);
        });
        from.on('close', () => to.destroy());
      }
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server?.close(() => resolve()));
  }
}

let feed: StatusFeed;
let subgraph: ServedSubgraph;
let wire: Wire;
let transport: WebSocketTransport;
const ends: string[] = [];
const events: UpstreamEvent[] = [];

const listen = (after: string | null = null): (() => void) =>
  transport.subscribe(
    { query, operationName: undefined, variables: { after }, context: viewer },
    {
      next: (event) => events.push(event),
      refused: ([error]) => ends.push(`refused ${String(error?.extensions?.code)}`),
      completed: () => ends.push('completed'),
      lost: () => ends.push('lost'),
    },
  );

beforeEach(async () => {
  ends.length = 0;
  events.length = 0;
  feed = new StatusFeed();
  feed.append('norte');
  subgraph = await serveSubgraph(parse(tenancySdl), tenancyResolvers(feed));
  wire = new Wire();
  await wire.open(subgraph.port);
  const signer = createInternalTokenSigner(internalSecret);
  transport = new WebSocketTransport({
    nextUrl: () => `ws://127.0.0.1:${wire.port}/graphql`,
    extensionsFor: async () => ({ internalToken: await signer.sign(viewer) }),
    log: quietLog(),
    pingEveryMs: 100,
    pongWithinMs: 1_000,
  });
});
afterEach(async () => {
  await transport.close();
  await wire.close();
  await subgraph.close();
});

describe('el socket hacia un subgrafo', () => {
  it('lleva muchas suscripciones y sigue vivo mientras contesten sus pings', async () => {
    const leave = [listen(), listen(), listen()];
    await eventually(() => expect(events).toHaveLength(3));
    const since = Date.now();
    await eventually(() => expect(Date.now() - since).toBeGreaterThan(400));
    feed.append('norte');
    await eventually(() => expect(events).toHaveLength(6));
    expect(ends).toEqual([]);
    for (const stop of leave) stop();
    await eventually(() => expect(feed.live).toBe(0));
    expect(ends).toEqual([]);
  });

  it('medio abierto, se da por perdido sin esperar al sistema operativo, y la siguiente suscripción abre otro', async () => {
    listen();
    await eventually(() => expect(events).toHaveLength(1));

    wire.frozen = true;

    await eventually(() => expect(ends).toEqual(['lost']), { withinMs: 4_000 });
    wire.frozen = false;
    listen(feed.cursor(1));
    feed.append('norte');
    await eventually(() => expect(events.at(-1)?.data).toEqual({ provisioningStatus: { version: 2 } }));
  });

  it('si nadie contesta al abrir, también se pierde', async () => {
    await transport.close();
    const nobody = new WebSocketTransport({
      nextUrl: () => 'ws://127.0.0.1:1/graphql',
      extensionsFor: async () => ({}),
      log: quietLog(),
    });
    transport = nobody;
    listen();
    await eventually(() => expect(ends).toEqual(['lost']));
  });

  it.each([1000, 1001, 1011, 4500])(
    'un cierre con %i es una pérdida, y la biblioteca no reabre por su cuenta',
    async (code) => {
      const server = new WebSocketServer({ port: 0, handleProtocols: () => 'graphql-transport-ws' });
      let subscribed = 0;
      server.on('connection', (socket) => {
        socket.on('message', (data) => {
          const { type } = JSON.parse(String(data));
          if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
          if (type === 'subscribe') {
            subscribed++;
            socket.close(code, 'bye');
          }
        });
      });
      await eventually(() => expect(server.address()).not.toBeNull());
      const { port } = server.address() as { port: number };
      await transport.close();
      transport = new WebSocketTransport({
        nextUrl: () => `ws://127.0.0.1:${port}/graphql`,
        extensionsFor: async () => ({}),
        log: quietLog(),
      });
      listen();
      listen();

      await eventually(() => expect(ends).toEqual(['lost', 'lost']));
      const since = Date.now();
      await eventually(() => expect(Date.now() - since).toBeGreaterThan(300));
      expect(subscribed).toBeLessThanOrEqual(2);
      expect(ends).toEqual(['lost', 'lost']);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  it('una negativa llega con su código', async () => {
    feed.append('norte', 5);
    feed.forget('norte', 2);
    listen(feed.cursor(1));
    await eventually(() => expect(events[0]?.errors?.[0]?.extensions?.code).toBe('CURSOR_EXPIRED'));
  });
});
