import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '@farutech/prisma/identity';
import { createRemoteJWKSet, type JWTVerifyResult, jwtVerify } from 'jose';
import { upsertAccount } from '../accounts.ts';
import { upsertAppClient } from '../app-clients.ts';
import { developmentClientId, developmentGrant } from '../development-login.ts';
import { type Identity, startIdentity } from '../start.ts';
import { type IdentityWorld, openIdentityWorld } from './identity-world.ts';
import { requestToken, type TokenAnswer } from './token-request.ts';

export const exito = '01900000-0000-7000-8000-000000000001';
export const norte = '01900000-0000-7000-8000-0000000000a1';
export const operator = '01900000-0000-7000-8000-0000000000b1';
export const ana = '01900000-0000-7000-8000-0000000000b2';
export const secret = 'secreto-de-norte-secreto-de-norte';
export const audience = 'urn:farutech:orchestrator';

/** Un identity en marcha, con Grupo Éxito: su administradora, su instancia norte y una operadora de Farutech. */
export interface RunningIdentity {
  readonly world: IdentityWorld;
  readonly prisma: PrismaClient;
  readonly databaseUrl: string;
  readonly identity: Identity;
  /** De la aplicación de norte. */
  readonly clientId: string;
  askAsApp(given?: Record<string, string>): Promise<TokenAnswer>;
  logIn(email: string, password: string): Promise<TokenAnswer>;
  discover(url?: string): Promise<Record<string, unknown>>;
  verifyStrictly(token: string): Promise<JWTVerifyResult>;
  close(): Promise<void>;
}

async function seed(prisma: PrismaClient): Promise<string> {
  await upsertAccount(prisma, {
    id: operator,
    email: 'Operator@farutech.test',
    password: 'demo-operator',
    role: 'PLATFORM_ADMIN',
    tenantId: null,
  });
  await upsertAccount(prisma, {
    id: ana,
    email: 'ana@exito.test',
    password: 'demo-ana',
    role: 'CUSTOMER_ADMIN',
    tenantId: exito,
  });
  return await upsertAppClient(prisma, { id: randomUUID(), instanceId: norte, tenantId: exito, secret });
}

export async function runIdentity(): Promise<RunningIdentity> {
  const world = await openIdentityWorld();
  const { prisma, url: databaseUrl } = await world.freshDatabase('identity');
  const clientId = await seed(prisma);
  const identity = await startIdentity(world.configFor(databaseUrl), world.log);

  const discover = async (url = identity.url) =>
    (await (await fetch(`${url}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;

  return {
    world,
    prisma,
    databaseUrl,
    identity,
    clientId,
    discover,
    askAsApp: (given = {}) =>
      requestToken(identity.url, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        ...given,
      }),
    logIn: (email, password) =>
      requestToken(identity.url, {
        grant_type: developmentGrant,
        client_id: developmentClientId,
        email,
        password,
      }),
    // Como lo hará el gateway: todo dicho, nada por omisión.
    async verifyStrictly(token) {
      const jwks = createRemoteJWKSet(new URL(String((await discover()).jwks_uri)));
      return await jwtVerify(token, jwks, {
        issuer: identity.url,
        audience,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        requiredClaims: ['sub', 'iat', 'exp', 'jti', 'client_id', 'tenant_id', 'instance_ids', 'roles'],
      });
    },
    async close() {
      await identity.close();
      await world.close();
    },
  };
}
