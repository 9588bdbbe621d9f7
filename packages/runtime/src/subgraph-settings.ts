import type { Clock } from '@farutech/kernel/clock';
import { Secret } from '@farutech/kernel/secret';
import { z } from 'zod';
import { readClock } from './clock.ts';

const roles = ['api', 'consumers', 'all'] as const;

/** What every subgraph is told when it starts. */
export interface SubgraphSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** How long a consumer may be silent before another process gets what it had. */
  readonly ackWaitMs: number;
  /** The gateway's: without it nobody is believed. It has no default. */
  readonly internalTokenSecret: Secret;
  /** `consumers` and `all` hear facts and send the outbox; `api` and `all` serve requests. */
  readonly role: (typeof roles)[number];
  readonly clock: Clock;
}

/** Their variables; each subgraph has a port of its own by default. */
export const subgraphEnv = (port: number) => ({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(port),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  ACK_WAIT_MS: z.coerce.number().int().min(200).max(600_000).default(30_000),
  INTERNAL_TOKEN_SECRET: z.string().min(32, 'needs at least 32 characters'),
  ROLE: z.enum(roles).default('all'),
});

/** What was read, by its names here; FARUTECH_CLOCK is read from `source`. */
export const subgraphSettings = (
  env: z.output<z.ZodObject<ReturnType<typeof subgraphEnv>>>,
  source: NodeJS.ProcessEnv,
): SubgraphSettings => ({
  host: env.HOST,
  port: env.PORT,
  databaseUrl: env.DATABASE_URL,
  natsUrl: env.NATS_URL,
  ackWaitMs: env.ACK_WAIT_MS,
  internalTokenSecret: new Secret(env.INTERNAL_TOKEN_SECRET),
  role: env.ROLE,
  clock: readClock(source),
});
