import type { Role } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/identity';
import { findAccount } from './accounts.ts';
import { findAppClient } from './app-clients.ts';
import { InvalidGrant } from './oidc-library.ts';

/** Lo nuestro dentro de un token de acceso; lo demás lo ponen las normas (RFC 9068). */
export interface TokenClaims {
  readonly sub: string;
  readonly tenant_id: string | null;
  readonly instance_ids: readonly string[];
  readonly roles: readonly Role[];
}

/** Lo que se mira de un AccessToken o un ClientCredentials de oidc-provider. */
interface Token {
  readonly kind: string;
  readonly clientId?: string | undefined;
  readonly accountId?: unknown;
}

/**
 * Se leen de la base al emitir cada token, no de lo que se guardó al entrar: quien pierde su rol, su cuenta o sus
 * credenciales lo nota en el token siguiente, a los 5 min como mucho.
 */
export async function tokenClaims(prisma: PrismaClient, token: Token): Promise<TokenClaims> {
  return token.kind === 'ClientCredentials'
    ? await claimsOfApp(prisma, token.clientId)
    : await claimsOfPerson(prisma, token.accountId);
}

async function claimsOfApp(prisma: PrismaClient, clientId: string | undefined): Promise<TokenClaims> {
  const app = clientId === undefined ? null : await findAppClient(prisma, clientId);
  if (app === null) throw new InvalidGrant('client is gone or revoked');
  return {
    sub: `app:${app.instanceId}`,
    tenant_id: app.tenantId,
    instance_ids: [app.instanceId],
    roles: ['CHILD_APP'],
  };
}

async function claimsOfPerson(prisma: PrismaClient, accountId: unknown): Promise<TokenClaims> {
  const account = typeof accountId === 'string' ? await findAccount(prisma, accountId) : null;
  if (account === null) throw new InvalidGrant('account is gone or disabled');
  return { sub: account.id, tenant_id: account.tenantId, instance_ids: [], roles: [account.role] };
}
