import { Secret } from '@farutech/kernel/secret';
import { parseEnv } from '@farutech/runtime/env';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { isProduction } from '@farutech/runtime/production';
import { z } from 'zod';

const roles = ['api', 'consumers', 'all'] as const;

export interface TenancyConfig {
  readonly host: string;
  /** 0 elige uno libre. */
  readonly port: number;
  readonly databaseUrl: string;
  /** La compartida de los inquilinos Standard, con un rol que pertenece a farutech_app y no es dueño de nada. */
  readonly tenantsDatabaseUrl: Secret;
  /** Cuántas conexiones abre este proceso, como mucho, a todas las bases de inquilinos juntas. */
  readonly tenantConnections: number;
  readonly natsUrl: string;
  /** Lo que calla un consumidor muerto antes de que otro proceso reciba lo que tenía. */
  readonly ackWaitMs: number;
  /** El del gateway: sin él no se cree a nadie. No tiene valor por omisión. */
  readonly internalTokenSecret: Secret;
  /** `k2:<base64>,k1:<base64>`; con ellas se cifran NIT y correos. */
  readonly fieldKeys: Secret;
  /** `consumers` y `all` aplican hechos y envían el buzón; `api` sirve lecturas, mutaciones y suscripciones. */
  readonly role: (typeof roles)[number];
  /** El dominio bajo el que cuelga cada instancia. */
  readonly tenantDomain: string;
}

const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function parseTenancyConfig(source: NodeJS.ProcessEnv = process.env): TenancyConfig {
  const env = parseEnv(
    {
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(0).max(65_535).default(4002),
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      TENANTS_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      TENANT_CONNECTIONS: z.coerce.number().int().min(4).max(1_000).default(40),
      NATS_URL: z.string().default('nats://127.0.0.1:4222'),
      ACK_WAIT_MS: z.coerce.number().int().min(200).max(600_000).default(30_000),
      INTERNAL_TOKEN_SECRET: z.string().min(32, 'needs at least 32 characters'),
      FIELD_KEYS: isProduction() ? z.string() : z.string().default(developmentFieldKeys),
      ROLE: z.enum(roles).default('all'),
      TENANT_DOMAIN: z.string().regex(domainName, 'is no domain name').default('tenants.farutech.test'),
    },
    source,
  );
  return {
    host: env.HOST,
    port: env.PORT,
    databaseUrl: env.DATABASE_URL,
    tenantsDatabaseUrl: new Secret(env.TENANTS_DATABASE_URL),
    tenantConnections: env.TENANT_CONNECTIONS,
    natsUrl: env.NATS_URL,
    ackWaitMs: env.ACK_WAIT_MS,
    internalTokenSecret: new Secret(env.INTERNAL_TOKEN_SECRET),
    fieldKeys: new Secret(env.FIELD_KEYS),
    role: env.ROLE,
    tenantDomain: env.TENANT_DOMAIN,
  };
}
