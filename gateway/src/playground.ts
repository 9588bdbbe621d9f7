import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type RuruServerConfig, ruruHTML } from 'ruru/server';
import { getStaticFile } from 'ruru/static';

const assets = '/playground-assets/';

const query = `# Put an access token into the Headers tab below, as {"Authorization": "Bearer ..."}:
#   make token AS=operator@farutech.test
#
# Ctrl-Enter runs the operation under the cursor. Subscriptions stay open and show every change.

query Instances {
  tenantInstances(first: 10) {
    edges { node { id instanceCode status databaseTier } }
  }
}

subscription Status($instanceId: ID!) {
  provisioningStatus(instanceId: $instanceId) {
    cursor
    status
    message
    step { name state attempt }
    instance { id instanceCode }
  }
}
`;

/** Solo lo que puede ser un anfitrión: la cabecera la escribe quien pide, y aquí acaba dentro de una página. */
function ownHost(request: FastifyRequest): string {
  const { host } = request;
  return /^[a-z0-9.\-:[\]]+$/i.test(host) ? host : 'localhost';
}

/** ruru, servido entero desde este origen: sin una sola petición fuera de él. */
export function playgroundRoutes(app: FastifyInstance): void {
  app.get('/playground', async (request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    const socketUrl = `${request.protocol === 'https' ? 'wss' : 'ws'}://${ownHost(request)}`;
    const html = ruruHTML({
      staticPath: assets,
      endpoint: '/graphql',
      subscriptionEndpoint: `${socketUrl}/graphql`,
      clientConfig: {
        isHeadersEditorEnabled: true,
        showPersistHeadersSettings: true,
        defaultQuery: query,
        initialHeaders: '{\n  "Authorization": "Bearer "\n}',
        // Sus tipos exigen todas las opciones; su documentación, ninguna.
      } as NonNullable<RuruServerConfig['clientConfig']>,
      htmlParts: { titleTag: '<title>Farutech Playground</title>' },
    }).replaceAll('<script', `<script nonce="${nonce}"`);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header(
        'content-security-policy',
        [
          "default-src 'none'",
          `script-src 'self' 'nonce-${nonce}'`,
          "style-src 'self' 'unsafe-inline'",
          "img-src 'self' data:",
          "font-src 'self' data:",
          "worker-src 'self' blob:",
          `connect-src 'self' ${socketUrl}`,
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ].join('; '),
      )
      .send(html);
  });
  app.get(`${assets}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: assets,
      urlPath: request.url.split('?')[0] ?? '',
      acceptEncoding: request.headers['accept-encoding'],
      disallowDevAssets: true,
    });
    if (file === null) return reply.code(404).send({ message: 'Not found' });
    return reply.headers(file.headers).send(file.content);
  });
}
