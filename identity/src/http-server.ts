import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '@farutech/runtime/health';
import type { Metrics } from '@farutech/runtime/metrics';

// Lo que tarde más en terminar que esto ya no lo espera quien cierra el proceso.
const drainMs = 5_000;

const json = 'application/json; charset=utf-8';

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

/** Lo que pregunta quien vigila el proceso. `false` si la petición no era de estas. */
async function answerProbe(
  path: string,
  response: ServerResponse,
  deps: { health: Health; metrics: Metrics },
): Promise<boolean> {
  switch (path) {
    case '/health/live':
      send(response, 200, json, JSON.stringify(deps.health.live()));
      return true;
    case '/health/ready': {
      const readiness = await deps.health.ready();
      send(response, readiness.ok ? 200 : 503, json, JSON.stringify(readiness));
      return true;
    }
    case '/metrics':
      send(response, 200, deps.metrics.contentType, await deps.metrics.metrics());
      return true;
    default:
      return false;
  }
}

/**
 * Las direcciones del documento de descubrimiento se forman con la cabecera Host, que escribe quien pregunta. Se
 * pone la del emisor: así nadie recibe un token_endpoint ajeno, y detrás de un proxy con TLS dicen https.
 */
function pinToIssuer(request: IncomingMessage, issuer: URL): void {
  request.headers['x-forwarded-host'] = issuer.host;
  request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
}

export function createHandler(deps: {
  issuer: string;
  oidc: RequestListener;
  health: Health;
  metrics: Metrics;
  onError(error: unknown): void;
}): RequestListener {
  const issuer = new URL(deps.issuer);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method === 'GET' && (await answerProbe(path, response, deps))) return;
    pinToIssuer(request, issuer);
    deps.oidc(request, response);
  };
  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      deps.onError(error);
      if (!response.headersSent) send(response, 500, json, JSON.stringify({ error: 'server_error' }));
    });
  };
}

/** Escucha antes de saber qué contestar: con el puerto 0, el emisor no se conoce hasta tenerlo. */
export async function listen(host: string, port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  return server;
}

export function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('el servidor no escucha en TCP');
  return urlOf(address);
}

const urlOf = ({ family, address, port }: AddressInfo): string => {
  // A una dirección comodín no se puede llamar: quien está en esta máquina llama a la suya.
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host !== '127.0.0.1' ? `[${host}]` : host}:${port}`;
};

export async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
  clearTimeout(cut);
}
