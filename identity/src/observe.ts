import type { EventEmitter } from 'node:events';
import type { Clock } from '@farutech/kernel/clock';
import type { PrismaClient } from '@farutech/prisma/identity';
import type { Logger } from '@farutech/runtime/logger';
import type { Metrics } from '@farutech/runtime/metrics';
import type { default as Provider } from 'oidc-provider';
import { rememberUse } from './app-clients.ts';

// Lo escribe quien pregunta, y puede medir 56 KB.
const short = (given: unknown): string | undefined =>
  typeof given === 'string' ? given.slice(0, 100) : undefined;

/** Lo que pasa dentro de oidc-provider, a nuestro registro y a nuestras cifras. Por omisión iría a la consola. */
export function observe(
  provider: Provider,
  deps: { prisma: PrismaClient; clock: Clock; log: Logger; metrics: Metrics },
): void {
  const { log } = deps;
  const issued = deps.metrics.counter('identity_tokens_issued_total', 'Access tokens issued.', ['kind']);
  const refused = deps.metrics.counter('identity_token_refusals_total', 'Token requests refused.', ['error']);

  provider.on('access_token.issued', () => issued.inc({ kind: 'person' }));
  provider.on('client_credentials.issued', (token) => {
    issued.inc({ kind: 'app' });
    if (token.clientId === undefined) return;
    rememberUse(deps.prisma, token.clientId, deps.clock()).catch((error: unknown) => {
      // El token ya está dado y es bueno: no saber cuándo se usó no es motivo para negarlo.
      log.warn({ err: error, clientId: token.clientId }, 'last use could not be written');
    });
  });
  provider.on('grant.error', (ctx, error) => {
    refused.inc({ error: error.error });
    const { client_id, grant_type } = ctx.oidc.params ?? {};
    log.info(
      {
        error: error.error,
        detail: error.error_detail,
        clientId: short(client_id),
        grantType: short(grant_type),
      },
      'token request refused',
    );
  });
  provider.on('server_error', (ctx, error) => log.error({ err: error, path: ctx.path }, 'request failed'));
  // Errores de Koa al escribir la respuesta (quien preguntaba se fue): sin quien los oiga, Koa los escribe en la
  // consola. Los tipos de oidc-provider solo declaran sus propios sucesos; este es del emisor del que desciende.
  const emitter: EventEmitter = provider;
  emitter.on('error', (error: unknown) => log.warn({ err: error }, 'response failed'));
}
