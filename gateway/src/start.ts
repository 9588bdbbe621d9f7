import './telemetry-off.ts';
import { promises as files } from 'node:fs';
import { createHealth } from '@farutech/runtime/health';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics } from '@farutech/runtime/metrics';
import { ConfigurationError } from '@farutech/runtime/production';
import { createAuthenticate, remoteKeys } from './authenticate.ts';
import type { GatewayConfig } from './config.ts';
import { createFederatedGateway, type FederatedGateway } from './federated-gateway.ts';
import { liveMetrics } from './gateway-metrics.ts';
import { WebSocketTransport } from './live/websocket-transport.ts';
import { extensionsFor, headersFor } from './request-context.ts';
import { createServer } from './server.ts';
import { SubgraphAddresses } from './subgraph-addresses.ts';
import { SubgraphDataSource } from './subgraph-data-source.ts';
import { someSubgraphAnswers } from './subgraph-health.ts';

export interface RunningGateway {
  /** `http://…/graphql` */
  readonly url: string;
  /** `ws://…/graphql` */
  readonly wsUrl: string;
  /** Pone otro supergrafo sin que se corte ninguna suscripción. */
  reload(supergraphSdl: string): void;
  close(): Promise<void>;
}

const committedSupergraph = new URL('../supergraph.graphql', import.meta.url);

function federate(config: GatewayConfig, supergraphSdl: string, log: Logger): FederatedGateway {
  const signer = createInternalTokenSigner(config.internalTokenSecret);
  const urlsOf = (name: string): readonly string[] => {
    const urls = config.subgraphs[name];
    if (urls !== undefined && urls.length > 0) return urls;
    throw new ConfigurationError(
      `The configuration is not valid:\n  SUBGRAPH_${name.toUpperCase()}_URLS: is missing`,
    );
  };
  return createFederatedGateway({
    supergraphSdl,
    log,
    buildService: ({ name }) =>
      new SubgraphDataSource({ name, urls: urlsOf(name), headersFor: headersFor(signer), log }),
    live: {
      connect: ({ name }) => {
        const addresses = new SubgraphAddresses(urlsOf(name));
        return new WebSocketTransport({
          nextUrl: () => addresses.next().replace(/^http/, 'ws'),
          extensionsFor: extensionsFor(signer),
          log: log.child({ subgraph: name }),
        });
      },
    },
  });
}

export async function startGateway(config: GatewayConfig, log: Logger): Promise<RunningGateway> {
  const supergraphSdl = config.supergraphSdl ?? (await files.readFile(committedSupergraph, 'utf8'));
  const federation = federate(config, supergraphSdl, log);
  const metrics = createMetrics('gateway');
  liveMetrics(metrics, federation.figures);
  const health = createHealth();
  health.add('subgraphs', someSubgraphAnswers(config.subgraphs));
  const app = await createServer({
    ...config,
    federation,
    supergraphSdl,
    playground: {
      issuer: config.identity.issuer,
      ...(config.playgroundLogin && { login: config.playgroundLogin }),
    },
    authenticate: createAuthenticate(config.identity, remoteKeys(config.identity.jwksUrl)),
    health,
    metrics,
    log,
  });
  const url = new URL('/graphql', await app.listen({ port: config.port, host: config.host }));
  return {
    url: url.href,
    wsUrl: url.href.replace(/^http/, 'ws'),
    reload: (sdl) => federation.reload(sdl),
    async close() {
      // Primero la puerta: al cerrarse los sockets, sus lectores se van y el motor queda sin nadie.
      await app.close();
      await federation.close();
    },
  };
}
