import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const audience = 'urn:farutech:orchestrator';

export interface TokenChanges {
  /** `undefined` quita el campo. */
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly signedBy?: 'us' | 'somebody else';
}

/** Un emisor de verdad: claves ES256 servidas por HTTP y tokens firmados con ellas. */
export async function startTestIdentity() {
  const own = await generateKeyPair('ES256');
  const alien = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', use: 'sig', alg: 'ES256' };
  let served = 0;
  const server = createServer((_request, response) => {
    served++;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  const issuer = `http://127.0.0.1:${address.port}`;

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    served: () => served,
    token({ claims = {}, header = {}, signedBy = 'us' }: TokenChanges = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1000);
      const payload: JWTPayload = {
        iss: issuer,
        aud: audience,
        sub: 'operator',
        iat: now,
        exp: now + 300,
        roles: ['PLATFORM_ADMIN'],
        ...claims,
      };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
        .sign(signedBy === 'us' ? own.privateKey : alien.privateKey);
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type TestIdentity = Awaited<ReturnType<typeof startTestIdentity>>;
