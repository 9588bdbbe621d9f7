import { createHmac } from 'node:crypto';
import { upsertAppClient } from '@farutech/identity/app-clients';
import type { PrismaClient } from '@farutech/prisma/identity';
import { v7 as newId } from 'uuid';
import { LaunchError } from './launch-error.ts';

const audience = 'urn:farutech:orchestrator';

async function askToken(identityUrl: string, form: Record<string, string>, basic?: string): Promise<string> {
  const response = await fetch(`${identityUrl}/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic !== undefined && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    },
    body: new URLSearchParams(form),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) {
    throw new LaunchError(`identity refused: ${answer.error_description ?? response.status}`);
  }
  return answer.access_token;
}

export const personToken = (identityUrl: string, email: string, password: string): Promise<string> =>
  askToken(identityUrl, {
    grant_type: 'urn:farutech:development:login',
    client_id: 'farutech-development',
    email,
    password,
  });

/** El de la aplicación hija de una instancia, por client_credentials, como lo pediría ella. */
export async function appToken(
  identityUrl: string,
  identity: PrismaClient,
  app: { instanceId: string; tenantId: string; stackSecret: string },
): Promise<string> {
  // Siempre el mismo para una pila: pedir otro token no deja sin entrar al que ya lo tenía.
  const secret = createHmac('sha256', app.stackSecret).update(`app:${app.instanceId}`).digest('base64url');
  const clientId = await upsertAppClient(identity, { ...app, id: newId(), secret });
  return await askToken(
    identityUrl,
    { grant_type: 'client_credentials', resource: audience },
    `${clientId}:${secret}`,
  );
}
