import type { Clock } from '@farutech/kernel/clock';
import { Secret } from '@farutech/kernel/secret';
import { readClock } from '@farutech/runtime/clock';
import { parseEnv } from '@farutech/runtime/env';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { isProduction } from '@farutech/runtime/production';
import { isCron } from '@farutech/schedule/cron';
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
  /** Lo que un traslado de nivel espera con la vuelta atrás abierta antes de confirmarse solo. */
  readonly moveWarmMs: number;
  /** Lo que una operación puede callar antes de que se le dé otra vez su orden. */
  readonly sweepAfterMs: number;
  /** Cuándo se mira si hay operaciones calladas o traslados vencidos. */
  readonly sweepCron: string;
  readonly pruneCron: string;
  /** Lo enviado se guarda para poder contarlo otra vez. */
  readonly outboxKeepDays: number;
  readonly clock: Clock;
}

const dayMs = 86_400_000;

const cron = z.string().refine(isCron, 'is no cron pattern');
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
      // Más de un mes no: mientras espera, el trabajador guarda cada cambio para poder deshacerlo.
      MOVE_WARM_MS: z.coerce
        .number()
        .int()
        .min(1_000)
        .max(31 * dayMs)
        .default(dayMs),
      SWEEP_AFTER_MS: z.coerce.number().int().min(1_000).max(dayMs).default(60_000),
      SWEEP_CRON: cron.default('*/15 * * * * *'),
      PRUNE_CRON: cron.default('17 * * * *'),
      OUTBOX_KEEP_DAYS: z.coerce.number().int().min(1).max(365).default(7),
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
    moveWarmMs: env.MOVE_WARM_MS,
    sweepAfterMs: env.SWEEP_AFTER_MS,
    sweepCron: env.SWEEP_CRON,
    pruneCron: env.PRUNE_CRON,
    outboxKeepDays: env.OUTBOX_KEEP_DAYS,
    clock: readClock(source),
  };
}
