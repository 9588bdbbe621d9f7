import { parse } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { GatewayConfig } from '../config.ts';
import { type RunningGateway, startGateway } from '../start.ts';
import { quietLog } from './quiet-log.ts';
import { internalSecret, type ServedSubgraph, serveSubgraph } from './served-subgraph.ts';
import { StatusFeed } from './status-feed.ts';
import { audience, startTestIdentity, type TestIdentity, type TokenChanges } from './test-identity.ts';
import { compose, subscriptionResolvers, subscriptionSdl, tenancyResolvers, tenancySdl } from './world.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: las pruebas miran dentro de respuestas de cualquier forma.
  readonly body: any;
}

/** El gateway entero sobre dos subgrafos y un emisor de verdad, cada uno en su puerto. */
export class GatewayUnderTest {
  readonly #clients: Client[] = [];
  readonly lines: string[] = [];

  private constructor(
    readonly feed: StatusFeed,
    readonly identity: TestIdentity,
    public tenancy: ServedSubgraph,
    readonly subscription: ServedSubgraph,
    public running: RunningGateway,
  ) {}

  static async start(changes: Partial<GatewayConfig> = {}): Promise<GatewayUnderTest> {
    const feed = new StatusFeed();
    const identity = await startTestIdentity();
    const tenancy = await serveSubgraph(parse(tenancySdl), tenancyResolvers(feed));
    const subscription = await serveSubgraph(parse(subscriptionSdl), subscriptionResolvers);
    const lines: string[] = [];
    const running = await startGateway(
      {
        port: 0,
        host: '127.0.0.1',
        subgraphs: { tenancy: [tenancy.url], subscription: [subscription.url] },
        identity: { issuer: identity.issuer, jwksUrl: identity.jwksUrl, audience },
        internalTokenSecret: internalSecret,
        allowedOrigins: ['http://portal.test'],
        introspection: true,
        supergraphSdl: compose(
          { name: 'tenancy', sdl: tenancySdl },
          { name: 'subscription', sdl: subscriptionSdl },
        ),
        ...changes,
      },
      quietLog(lines),
    );
    return new GatewayUnderTest(feed, identity, tenancy, subscription, running);
  }

  async killTenancy(): Promise<void> {
    await this.tenancy.kill();
  }

  async reviveTenancy(): Promise<void> {
    this.tenancy = await serveSubgraph(parse(tenancySdl), tenancyResolvers(this.feed), this.tenancy.port);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return answerOf(await fetch(new URL(path, this.running.url), { headers }));
  }

  async post(body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return answerOf(
      await fetch(this.running.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  }

  async ask(
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
    token?: TokenChanges,
  ): Promise<HttpAnswer> {
    const authorization = `Bearer ${await this.identity.token(token)}`;
    return this.post({ query, variables }, { authorization, ...headers });
  }

  client(token?: TokenChanges, closed?: (code: number) => void): Client {
    const client = createClient({
      url: this.running.wsUrl,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: async () => ({ authorization: `Bearer ${await this.identity.token(token)}` }),
      on: { closed: (event) => closed?.((event as { code: number }).code) },
    });
    this.#clients.push(client);
    return client;
  }

  async metric(name: string): Promise<number> {
    const { body } = await this.get('/metrics');
    const line = new RegExp(`^${name}(?:{[^}]*})? (.+)$`, 'm').exec(String(body));
    return Number(line?.[1]);
  }

  /** Todos los clientes se van. */
  async hangUp(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.dispose()));
  }

  async close(): Promise<void> {
    await this.hangUp();
    await this.running.close();
    await Promise.all([this.tenancy.close(), this.subscription.close(), this.identity.close()]);
  }
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
