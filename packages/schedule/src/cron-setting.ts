import { z } from 'zod';
import { isCron } from './cron.ts';

/** A setting that is a cron pattern, in UTC. */
export const cronSetting = z.string().refine(isCron, 'is no cron pattern');
