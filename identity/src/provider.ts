import type { Clock } from '@farutech/kernel/clock';
import type { Secret } from '@farutech/kernel/secret';
import type { PrismaClient } from '@farutech/prisma/identity';
import type { Configuration, default as ProviderType, ResourceServer } from 'oidc-provider';
import { findAccount } from './accounts.ts';
import { createAdapterFactory } from './adapter.ts';
import { checkSecretsByHash } from './client-secrets.ts';
import { developmentClient, registerDevelopmentLogin } from './development-login.ts';
import { InvalidTarget, Provider } from './oidc-library.ts';
import type { PasswordCheck } from './passwords.ts';
import { type SigningKeys, signingAlg } from './signing-keys.ts';
import { tokenClaims } from './token-claims.ts';

const accessTokenSeconds = 300;
const day = 86_400;

export interface ProviderDeps {
  readonly issuer: string;
  readonly apiAudience: string;
  readonly keys: SigningKeys;
  readonly cookieKeys: readonly Secret[];
  readonly developmentLogin: boolean;
  readonly prisma: PrismaClient;
  readonly passwords: PasswordCheck;
  readonly clock: Clock;
}

/** oidc-provider con lo nuestro puesto. No escucha en ningún puerto: eso es de start.ts. */
export function createProvider(deps: ProviderDeps): ProviderType {
  const resourceServer: ResourceServer = {
    audience: deps.apiAudience,
    scope: 'orchestrator',
    accessTokenFormat: 'jwt',
    accessTokenTTL: accessTokenSeconds,
    // Con la clave dicha: entre varias de la misma clase, oidc-provider elegiría la que ya está retirada.
    jwt: { sign: { alg: signingAlg, kid: deps.keys.kid } },
  };
  const provider = new Provider(deps.issuer, configurationOf(deps, resourceServer));
  // Las direcciones que publica se forman con la cabecera Host; start.ts la sustituye por la del emisor.
  provider.proxy = true;
  checkSecretsByHash(provider, deps.passwords);
  if (deps.developmentLogin) {
    registerDevelopmentLogin(provider, {
      prisma: deps.prisma,
      passwords: deps.passwords,
      api: { identifier: deps.apiAudience, resourceServer },
    });
  }
  return provider;
}

function configurationOf(deps: ProviderDeps, resourceServer: ResourceServer): Configuration {
  return {
    adapter: createAdapterFactory(deps.prisma, deps.clock),
    clients: deps.developmentLogin ? [developmentClient] : [],
    jwks: { keys: deps.keys.jwks },
    cookies: { keys: deps.cookieKeys.map((key) => key.reveal()) },
    // Sin HS*: con el secreto resumido de un cliente como clave, quien leyera la base podría firmar por él.
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: signingAlg },
    enabledJWA: { idTokenSigningAlgValues: [signingAlg] },
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access'],
    rotateRefreshToken: true,
    findAccount: async (_ctx, sub) => {
      const account = await findAccount(deps.prisma, sub);
      return account === null ? undefined : { accountId: account.id, claims: () => ({ sub: account.id }) };
    },
    formats: {
      customizers: {
        jwt: async (_ctx, token, parts) => {
          Object.assign(parts.payload, await tokenClaims(deps.prisma, token));
        },
      },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Interaction: 600,
      Session: day / 3,
      Grant: 14 * day,
      RefreshToken: 14 * day,
    },
    // Ningún navegador pide tokens todavía.
    clientBasedCORS: () => false,
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      // El gateway no comprueba a quién se ató un token: darlos atados prometería lo que nadie cumple.
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => deps.apiAudience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, identifier) => {
          if (identifier !== deps.apiAudience) throw new InvalidTarget();
          return resourceServer;
        },
      },
    },
  };
}
