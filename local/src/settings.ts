import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from '@farutech/runtime/env';
import { z } from 'zod';

export const profiles = ['compact', 'full'] as const;

export interface Settings {
  readonly dataDir: string;
  readonly profile: (typeof profiles)[number];
  readonly gatewayPort: number;
  readonly identityPort: number;
  /** Un servidor dado; sin él se arranca uno propio. */
  readonly databaseUrl?: string;
  readonly natsUrl?: string;
  readonly demo: boolean;
  /** Lo que calla un trabajador muerto antes de que otro siga con lo suyo: aquí se mata a mano y no se espera 30 s. */
  readonly ackWaitMs: number;
}

export const root = fileURLToPath(new URL('../../', import.meta.url));

const port = z.coerce.number().int().min(1).max(65_535);

export function readSettings(source: NodeJS.ProcessEnv = process.env): Settings {
  const env = parseEnv(
    {
      FARUTECH_DATA: z.string().default('.data'),
      PROFILE: z.enum(profiles).default('compact'),
      GATEWAY_PORT: port.default(4000),
      IDENTITY_PORT: port.default(4100),
      DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
      NATS_URL: z.string().optional(),
      DEMO: z.stringbool().default(true),
      ACK_WAIT_MS: z.coerce.number().int().min(200).max(600_000).default(5_000),
    },
    source,
  );
  return {
    dataDir: resolve(root, env.FARUTECH_DATA),
    profile: env.PROFILE,
    gatewayPort: env.GATEWAY_PORT,
    identityPort: env.IDENTITY_PORT,
    ...(env.DATABASE_URL !== undefined && { databaseUrl: env.DATABASE_URL }),
    ...(env.NATS_URL !== undefined && { natsUrl: env.NATS_URL }),
    demo: env.DEMO,
    ackWaitMs: env.ACK_WAIT_MS,
  };
}
