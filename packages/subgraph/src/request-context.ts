import type { Viewer } from '@farutech/kernel/viewer';
import type { Logger } from '@farutech/runtime/logger';

/**
 * What the chassis knows about one operation. A subgraph extends it with its own loaders. In a subscription
 * each event gets a context of its own, so that a loader never answers with what it read for an earlier one.
 */
export interface RequestBase {
  readonly viewer: Viewer;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** Bound to the correlation id. */
  readonly log: Logger;
}

/** A context that keeps refused mutations, in a transaction of its own. */
export interface AuditsRefusals {
  auditRefusal(refusal: Refusal): Promise<void>;
}

export interface Refusal {
  /** The mutation, as the API spells it. */
  readonly action: string;
  readonly code: string;
  readonly field?: string;
}
