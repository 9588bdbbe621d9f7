import { invalid } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import type { PrismaClient } from '@farutech/prisma/identity';
import type { AdapterPayload } from 'oidc-provider';
import { hashPassword } from './passwords.ts';

/** Un programa que entra con client_credentials: una aplicación hija, atada a una instancia. */
export interface AppClient {
  readonly clientId: string;
  readonly secretHash: string;
  readonly instanceId: string;
  readonly tenantId: string;
}

// Sin dos puntos: en la autenticación Basic separan el identificador de la clave, y quien no los codifique
// (RFC 6749 §2.3.1, casi nadie lo hace) no podría entrar.
const clientIdOf = (instanceId: string): string => `app-${instanceId}`;

// El secreto de un programa no lo recuerda nadie: 32 caracteres no molestan y no se adivinan.
const minSecretLength = 32;

// Cada token vive 5 min; escribir el último uso a cada petición sería una escritura por nada.
const lastUsedPrecisionMs = 60_000;

/** Da credenciales a la aplicación de una instancia, o le cambia el secreto y conserva su `id`. Devuelve su `client_id`. */
export async function upsertAppClient(
  prisma: PrismaClient,
  app: { id: string; instanceId: string; tenantId: string; secret: string },
  at: Date = new Date(),
): Promise<string> {
  if (!isUuid(app.instanceId)) throw invalid('instanceId', 'instanceId is not a UUID.');
  if (!isUuid(app.tenantId)) throw invalid('tenantId', 'tenantId is not a UUID.');
  if (app.secret.length < minSecretLength) {
    throw invalid('secret', `secret needs at least ${minSecretLength} characters.`);
  }
  const clientId = clientIdOf(app.instanceId);
  const secretHash = await hashPassword(app.secret);
  const bound = { instanceId: app.instanceId, tenantId: app.tenantId, secretHash };
  await prisma.appClient.upsert({
    where: { clientId },
    create: { ...bound, id: app.id, clientId, createdAt: at },
    update: bound,
  });
  return clientId;
}

/** `null` si no existe o sus credenciales se revocaron. */
export async function findAppClient(prisma: PrismaClient, clientId: string): Promise<AppClient | null> {
  const row = await prisma.appClient.findUnique({ where: { clientId } });
  return row === null || row.revokedAt !== null ? null : row;
}

export async function rememberUse(prisma: PrismaClient, clientId: string, at: Date): Promise<void> {
  const before = new Date(at.getTime() - lastUsedPrecisionMs);
  await prisma.appClient.updateMany({
    where: { clientId, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }] },
    data: { lastUsedAt: at },
  });
}

/** Lo que oidc-provider necesita saber de ella. `client_secret` es el resumen, no el secreto. */
export const clientMetadataOf = (app: AppClient): AdapterPayload => ({
  client_id: app.clientId,
  client_secret: app.secretHash,
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
});
