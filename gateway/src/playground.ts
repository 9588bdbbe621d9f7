import { randomBytes } from 'node:crypto';
import { promises as files } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type RuruServerConfig, ruruHTML } from 'ruru/server';
import { getStaticFile } from 'ruru/static';
import { type PlaygroundLogin, playgroundLoginRoute, tokenPath } from './playground-login.ts';

const assets = '/playground-assets/';
const ownFiles = new URL('../playground/', import.meta.url);
/** La biblioteca del socket tal como se publica: dos módulos que el navegador carga sin empaquetar. */
const socketFiles = new URL('.', pathToFileURL(createRequire(import.meta.url).resolve('graphql-ws')));

export interface PlaygroundOptions {
  readonly issuer: string;
  /** Sin ella la página se abre igual, y el token lo pone quien la usa. */
  readonly login?: PlaygroundLogin;
}

export const readWelcome = (): Promise<string> =>
  files.readFile(new URL('welcome.graphql', ownFiles), 'utf8');

/** Solo lo que puede ser un anfitrión: la cabecera la escribe quien pide, y aquí acaba dentro de una página. */
function ownHost(request: FastifyRequest): string {
  const { host } = request;
  return /^[a-z0-9.\-:[\]]+$/i.test(host) ? host : 'localhost';
}

const policy = (nonce: string, socketUrl: string): string =>
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
  ].join('; ');

/** ruru, servido entero desde este origen: sin una sola petición fuera de él. */
export async function playgroundRoutes(app: FastifyInstance, options: PlaygroundOptions): Promise<void> {
  const welcome = { query: await readWelcome(), tokenUrl: options.login === undefined ? null : tokenPath };
  if (options.login !== undefined) playgroundLoginRoute(app, options.issuer, options.login);

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
        // Sus tipos exigen todas las opciones y no conocen la nuestra; su documentación, ninguna.
        ...({ welcome } as object),
      } as NonNullable<RuruServerConfig['clientConfig']>,
      htmlParts: {
        titleTag: '<title>Farutech Playground</title>',
        configScript: (script) => script.replace('const RURU_CONFIG', 'globalThis.RURU_CONFIG'),
        bodyInitScript: '<script type="module" src="/playground/page.js"></script>',
      },
    }).replaceAll('<script', `<script nonce="${nonce}"`);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', policy(nonce, socketUrl))
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
  await serveModules(app, '/playground/', ownFiles);
  await serveModules(app, '/playground/graphql-ws/', socketFiles);
}

/** Una ruta por fichero que hay al arrancar: no hay camino que inventarse. */
async function serveModules(app: FastifyInstance, path: string, folder: URL): Promise<void> {
  const names = (await files.readdir(folder)).filter((name) => name.endsWith('.js'));
  for (const name of names) {
    const content = await files.readFile(new URL(name, folder));
    app.get(`${path}${name}`, (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('x-content-type-options', 'nosniff')
        .send(content),
    );
  }
}
