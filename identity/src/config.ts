import { Secret } from '@farutech/kernel/secret';
import { parseEnv } from '@farutech/runtime/env';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { z } from 'zod';

// Firman las cookies de quien está entrando. La de desarrollo la conoce todo el mundo: producción la rechaza.
export const developmentCookieKey = 'farutech-development-only-cookie-key';
const defaultAudience = 'urn:farutech:orchestrator';

export interface IdentityConfig {
  readonly host: string;
  /** 0 elige uno libre. */
  readonly port: number;
  readonly databaseUrl: string;
  /** Sin él, la dirección en la que se escucha. Tras un proxy es obligatorio: es lo que dirán los tokens. */
  readonly issuer?: string;
  readonly apiAudience: string;
  readonly fieldKeys: Secret;
  readonly developmentLogin: boolean;
  /** La primera firma, todas verifican. */
  readonly cookieKeys: readonly Secret[];
}

const issuer = z.url({ protocol: /^https?$/ }).refine((raw) => new URL(raw).origin === raw, {
  error: 'must be an origin: scheme, host and port, with neither a path nor a trailing slash',
});

export function readConfig(source: NodeJS.ProcessEnv = process.env): IdentityConfig {
  const env = parseEnv(
    {
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      ISSUER: issuer.optional(),
      API_AUDIENCE: z.string().min(1).default(defaultAudience),
      FIELD_KEYS: z.string().default(developmentFieldKeys),
      DEVELOPMENT_LOGIN: z.stringbool().default(false),
      COOKIE_KEYS: z
        .string()
        .default(developmentCookieKey)
        .transform((keys) => keys.split(',').map((key) => key.trim()))
        .refine((keys) => keys.every((key) => key.length >= 32), {
          error: 'each key needs at least 32 characters',
        }),
    },
    source,
  );
  return {
    host: env.HOST,
    port: env.PORT,
    databaseUrl: env.DATABASE_URL,
    ...(env.ISSUER !== undefined && { issuer: env.ISSUER }),
    apiAudience: env.API_AUDIENCE,
    fieldKeys: new Secret(env.FIELD_KEYS),
    developmentLogin: env.DEVELOPMENT_LOGIN,
    cookieKeys: env.COOKIE_KEYS.map((key) => new Secret(key)),
  };
}
