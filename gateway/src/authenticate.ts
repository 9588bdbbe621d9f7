import { DomainError } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { roles, type Viewer } from '@farutech/kernel/viewer';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { GatewayConfig } from './config.ts';

/** Las claves se conservan diez minutos; una clave desconocida las vuelve a pedir, pero no más de una vez cada 5 s. */
const keysMaxAgeMs = 600_000;
const keysCooldownMs = 5_000;
const keysTimeoutMs = 3_000;
const maxTokenLength = 8_192;

export interface Authenticated {
  readonly viewer: Viewer;
  /** El instante en que el token de acceso deja de valer. */
  readonly expiresAt: Date;
}

/** DomainError UNAUTHENTICATED si la cabecera no trae un token de acceso vivo de la identidad configurada. */
export type Authenticate = (authorization: string | undefined) => Promise<Authenticated>;

const uuid = z
  .string()
  .refine(isUuid)
  .transform((raw) => raw.toLowerCase());
const claims = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  roles: z.array(z.enum(roles)).min(1),
  tenant_id: uuid.nullish().transform((id) => id ?? null),
  instance_ids: z.array(uuid).max(1_000).default([]),
});

const unauthenticated = (cause?: unknown): DomainError =>
  Object.assign(new DomainError('UNAUTHENTICATED', 'You are not signed in, or your session has ended.'), {
    cause,
  });

const keysUnavailable = (cause: unknown): DomainError =>
  Object.assign(new DomainError('UNAVAILABLE', 'Sign-in cannot be checked at this moment. Try again.'), {
    cause,
  });

const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid);

export function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: keysMaxAgeMs,
    cooldownDuration: keysCooldownMs,
    timeoutDuration: keysTimeoutMs,
  });
}

export function createAuthenticate(
  { issuer, audience }: Pick<GatewayConfig['identity'], 'issuer' | 'audience'>,
  keys: JWTVerifyGetKey,
): Authenticate {
  return async (authorization) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined || token.length > maxTokenLength) throw unauthenticated();
    const payload = await verify(token, issuer, audience, keys);
    const parsed = claims.safeParse(payload);
    if (!parsed.success) throw unauthenticated(parsed.error);
    const { sub, exp, roles: held, tenant_id, instance_ids } = parsed.data;
    // En orden: dos tokens que dicen lo mismo son el mismo espectador, y comparten.
    const viewer: Viewer = {
      sub,
      roles: roles.filter((role) => held.includes(role)),
      tenantId: tenant_id,
      instanceIds: [...new Set(instance_ids)].sort(),
    };
    return { viewer, expiresAt: new Date(exp * 1000) };
  };
}

async function verify(token: string, issuer: string, audience: string, keys: JWTVerifyGetKey) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    return payload;
  } catch (error) {
    // Sin claves no se sabe si el token es bueno: decir que no lo es haría que el cliente lo tirase.
    throw isTokensFault(error) ? unauthenticated(error) : keysUnavailable(error);
  }
}
