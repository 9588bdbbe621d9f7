import { Cron } from 'croner';

const known = new Map<string, Cron>();

function patternOf(cron: string): Cron {
  const made = known.get(cron) ?? new Cron(cron, { timezone: 'UTC', paused: true });
  known.set(cron, made);
  return made;
}

/** Whether it can be read, and will come round at least once more. */
export function isCron(raw: string): boolean {
  try {
    return new Cron(raw, { timezone: 'UTC', paused: true }).nextRun() !== null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return false;
    throw error;
  }
}

/** The first instant after `after` that the pattern names, in UTC. */
export function nextDue(cron: string, after: Date): Date {
  const next = patternOf(cron).nextRun(after);
  if (next === null)
    throw new TypeError(`the pattern ${cron} never comes round after ${after.toISOString()}`);
  return next;
}
