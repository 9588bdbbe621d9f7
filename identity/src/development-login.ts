import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '@farutech/prisma/identity';
import { refuseInProduction } from '@farutech/runtime/production';
import type { ClientMetadata, default as Provider, ResourceServer } from 'oidc-provider';
import { z } from 'zod';
import { authenticate } from './accounts.ts';
import { InvalidGrant, InvalidRequest } from './oidc-library.ts';
import type { PasswordCheck } from './passwords.ts';

export const developmentGrant = 'urn:farutech:development:login';
export const developmentClientId = 'farutech-development';

/** Un cliente público: quien entra por aquí es una persona de la demostración, no un programa. */
export const developmentClient: ClientMetadata = {
  client_id: developmentClientId,
  token_endpoint_auth_method: 'none',
  grant_types: [developmentGrant],
  response_types: [],
  redirect_uris: [],
};

const form = z.object({ email: z.string().min(1), password: z.string().min(1) });

/**
 * Correo y contraseña por un token, sin página ni navegador: para `make token` y las pruebas. Es el grant
 * «password» que OAuth 2.1 retiró, y por la misma razón no existe en producción.
 */
export function registerDevelopmentLogin(
  provider: Provider,
  deps: {
    prisma: PrismaClient;
    passwords: PasswordCheck;
    api: { identifier: string; resourceServer: ResourceServer };
  },
): void {
  refuseInProduction('DEVELOPMENT_LOGIN');
  provider.registerGrantType(
    developmentGrant,
    async (ctx) => {
      const given = form.safeParse(ctx.oidc.params);
      if (!given.success) throw new InvalidRequest('email and password are required');
      const account = await authenticate(deps, given.data);
      if (account === null) throw new InvalidGrant('unknown account, wrong password or disabled');
      const token = new provider.AccessToken({
        client: ctx.oidc.client,
        accountId: account.id,
        // Sin concesión guardada: de este token no cuelga ninguno de refresco que haya que revocar con él.
        grantId: randomUUID(),
        gty: developmentGrant,
        resourceServer: new provider.ResourceServer(deps.api.identifier, deps.api.resourceServer),
      });
      ctx.oidc.entity('AccessToken', token);
      ctx.body = {
        access_token: await token.save(),
        expires_in: token.expiration,
        token_type: token.tokenType,
      };
    },
    Object.keys(form.shape),
  );
}
