import { provisioning } from './provisioning/worker.ts';
import type { Worker } from './worker.ts';

/** Un trabajador nuevo es una línea aquí. */
export const workers: readonly Worker[] = [provisioning];
