import type { Clock } from '@farutech/kernel/clock';
import { systemClock } from '@farutech/kernel/clock';
import { z } from 'zod';
import { parseEnv } from './env.ts';
import { refuseInProduction } from './production.ts';

const started = performance.timeOrigin;

/**
 * The clock of this process. FARUTECH_CLOCK, an RFC 3339 instant such as `2027-01-31T23:59:50Z`, is what it showed
 * when the process began; from there it runs on. For development alone: refused in production.
 */
export function readClock(source: NodeJS.ProcessEnv = process.env): Clock {
  const { FARUTECH_CLOCK: beginning } = parseEnv(
    { FARUTECH_CLOCK: z.iso.datetime({ offset: true, error: 'is no RFC 3339 instant' }).optional() },
    source,
  );
  if (beginning === undefined) return systemClock;
  refuseInProduction('FARUTECH_CLOCK');
  const ahead = Date.parse(beginning) - started;
  return () => new Date(systemClock().getTime() + ahead);
}
