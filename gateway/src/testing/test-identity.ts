import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const audience = 'urn:farutech:orchestrator';
export const testLogin = { email: 'operator@farutech.test', password: 'farutech-demo' };

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
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/token') return void answerToken(request, response);
    served++;
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  const issuer = `http://127.0.0.1:${address.port}`;

  /** La entrada de desarrollo, con una sola cuenta. */
  async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const known =
      form.get('grant_type') === 'urn:farutech:development:login' &&
      form.get('email') === testLogin.email &&
      form.get('password') === testLogin.password;
    response.statusCode = known ? 200 : 400;
    response.end(
      JSON.stringify(known ? { access_token: await token(), expires_in: 300 } : { error: 'invalid_grant' }),
    );
  }

  function token({ claims = {}, header = {}, signedBy = 'us' }: TokenChanges = {}): Promise<string> {
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
  }

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    served: () => served,
    token,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type TestIdentity = Awaited<ReturnType<typeof startTestIdentity>>;
