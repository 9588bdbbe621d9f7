import { type Clock, systemClock } from '@farutech/kernel/clock';
import { DomainError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import { roles, type Viewer } from '@farutech/kernel/viewer';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ConfigurationError } from './production.ts';

const issuer = 'farutech-gateway';
const audience = 'farutech-subgraph';
const typ = 'farutech-internal+jwt';
const lifetimeMs = 60_000;
/** Uno reutilizado conserva al menos 30 s de vida, más de lo que tarda una petición o un desfase de relojes. */
const reuseMs = 30_000;
const maxCached = 5_000;

export interface InternalTokenSigner {
  sign(viewer: Viewer): Promise<string>;
}

export interface InternalTokenVerifier {
  /** DomainError UNAUTHENTICATED for anything but a live token of the gateway. */
  verify(token: string): Promise<Viewer>;
}

const claims = z.object({
  sub: z.string().min(1),
  roles: z.array(z.enum(roles)),
  tenant_id: z.string().min(1).nullable(),
  instance_ids: z.array(z.string().min(1)),
});

function keyOf(secret: Secret): Uint8Array {
  const key = new TextEncoder().encode(secret.reveal());
  // RFC 7518 §3.2: una clave de HS256 mide al menos lo que su resumen.
  if (key.length < 32) throw new ConfigurationError('The internal token secret needs at least 32 bytes.');
  return key;
}

/**
 * The gateway's word to the subgraphs about who is asking: HS256, valid for one minute. A viewer who asks
 * again within 30 s gets the same token.
 */
export function createInternalTokenSigner(secret: Secret, clock: Clock = systemClock): InternalTokenSigner {
  const key = keyOf(secret);
  const cached = new Map<string, { readonly token: Promise<string>; readonly until: number }>();

  const make = (viewer: Viewer, now: number): Promise<string> =>
    new SignJWT({ roles: viewer.roles, tenant_id: viewer.tenantId, instance_ids: viewer.instanceIds })
      .setProtectedHeader({ alg: 'HS256', typ })
      .setSubject(viewer.sub)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor((now + lifetimeMs) / 1000))
      .sign(key);

  return {
    sign(viewer) {
      const now = clock().getTime();
      const id = JSON.stringify([viewer.sub, viewer.roles, viewer.tenantId, viewer.instanceIds]);
      const known = cached.get(id);
      if (known !== undefined && known.until > now) return known.token;
      const token = make(viewer, now);
      // Un Map recuerda el orden de entrada: al borrar y volver a poner, el primero es siempre el más viejo.
      cached.delete(id);
      cached.set(id, { token, until: now + reuseMs });
      const oldest = cached.keys().next();
      if (cached.size > maxCached && oldest.done !== true) cached.delete(oldest.value);
      return token;
    },
  };
}

/** The subgraph's side. It accepts nothing but what `createInternalTokenSigner` made under the same secret. */
export function createInternalTokenVerifier(
  secret: Secret,
  clock: Clock = systemClock,
): InternalTokenVerifier {
  const key = keyOf(secret);
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          issuer,
          audience,
          typ,
          requiredClaims: ['sub', 'iat', 'exp'],
          currentDate: clock(),
        });
        const parsed = claims.parse(payload);
        return {
          sub: parsed.sub,
          roles: parsed.roles,
          tenantId: parsed.tenant_id,
          instanceIds: parsed.instance_ids,
        };
      } catch (error) {
        throw Object.assign(new DomainError('UNAUTHENTICATED', 'You are not signed in.'), { cause: error });
      }
    },
  };
}
