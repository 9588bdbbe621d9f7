import { exponential } from '@farutech/kernel/backoff';

const firstMs = 50;
const capMs = 1_000;

/** 50 ms, 100, 200 … 1 s, con un azar de hasta la mitad: al volver un subgrafo no le caen todos a la vez. */
export const retryDelayMs = (attempt: number): number =>
  Math.round(exponential(attempt, firstMs, capMs) * (0.5 + Math.random() / 2));
