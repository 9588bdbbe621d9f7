import { exponential } from '@farutech/kernel/backoff';

/** Tries that a message has before it becomes a dead letter. */
export const maxDeliveries = 5;

/** Wait between failed try `attempt` and the next, in ms: 500, 1000, 2000, 4000; never above 5 s. */
export const delayBefore = (attempt: number): number => exponential(attempt, 500, 5_000);

/** A fact that came too early returns after this. It does not count as a try. */
export const outOfOrderDelayMs = 200;

/** While the database does not answer, the message stays in hand and is tried again after this. Not counted. */
export const databaseRestMs = 1_000;

/** 1,500 × 200 ms are 5 minutes: the missing fact was lost, and waiting longer would hide it. */
export const maxOutOfOrder = 1_500;

/** A dead letter of a version that is not read here yet comes back after this, for as long as it takes. */
export const unknownLetterRestMs = 5_000;
