import type { Clock } from '@farutech/kernel/clock';
import { Secret } from '@farutech/kernel/secret';
import { readClock } from '@farutech/runtime/clock';
import { parseEnv } from '@farutech/runtime/env';
import { isCron } from '@farutech/schedule/cron';
import { z } from 'zod';

const roles = ['api', 'consumers', 'all'] as const;

export interface CatalogConfig {
  readonly host: string;
  /** 0 elige uno libre. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Lo que calla un consumidor muerto antes de que otro proceso reciba lo que tenía. */
  readonly ackWaitMs: number;
  /** El del gateway: sin él no se cree a nadie. No tiene valor por omisión. */
  readonly internalTokenSecret: Secret;
  /** `consumers` y `all` envían el buzón y contestan preguntas; `api` solo habla con PostgreSQL. */
  readonly role: (typeof roles)[number];
  readonly pruneCron: string;
  /** Lo enviado se guarda para poder contarlo otra vez. */
  readonly outboxKeepDays: number;
  readonly clock: Clock;
}

export function parseCatalogConfig(source: NodeJS.ProcessEnv = process.env): CatalogConfig {
  const env = parseEnv(
    {
      HOST: z.string().default('127.0.0.1'),
      PORT: z.coerce.number().int().min(0).max(65_535).default(4001),
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      NATS_URL: z.string().default('nats://127.0.0.1:4222'),
      ACK_WAIT_MS: z.coerce.number().int().min(200).max(600_000).default(30_000),
      INTERNAL_TOKEN_SECRET: z.string().min(32, 'needs at least 32 characters'),
      ROLE: z.enum(roles).default('all'),
      PRUNE_CRON: z.string().refine(isCron, 'is no cron pattern').default('17 * * * *'),
      OUTBOX_KEEP_DAYS: z.coerce.number().int().min(1).max(365).default(7),
    },
    source,
  );
  return {
    host: env.HOST,
    port: env.PORT,
    databaseUrl: env.DATABASE_URL,
    natsUrl: env.NATS_URL,
    ackWaitMs: env.ACK_WAIT_MS,
    internalTokenSecret: new Secret(env.INTERNAL_TOKEN_SECRET),
    role: env.ROLE,
    pruneCron: env.PRUNE_CRON,
    outboxKeepDays: env.OUTBOX_KEEP_DAYS,
    clock: readClock(source),
  };
}
