import { z } from 'zod';
import { cronSetting } from './cron-setting.ts';

/** The variables of whoever keeps an outbox and prunes it by the clock. */
export const pruneEnv = {
  PRUNE_CRON: cronSetting.default('17 * * * *'),
  OUTBOX_KEEP_DAYS: z.coerce.number().int().min(1).max(365).default(7),
};

export interface PruneSettings {
  readonly pruneCron: string;
  /** What was sent is kept, so that it can be told again. */
  readonly outboxKeepDays: number;
}

export const pruneSettings = (env: z.output<z.ZodObject<typeof pruneEnv>>): PruneSettings => ({
  pruneCron: env.PRUNE_CRON,
  outboxKeepDays: env.OUTBOX_KEEP_DAYS,
});
