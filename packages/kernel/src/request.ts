/** What a change remembers about the request, or the message, that caused it. */
export interface Cause {
  /** `sub` of the viewer, or `consumer:<name>` when a fact caused the change. */
  readonly actor: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** The message that is being handled: marked as processed in the same transaction as its effect. */
  readonly messageId?: string;
}

/** `idempotencyKey` of a mutation with what it stands for. Remembered 24 h, by viewer and mutation. */
export interface IdempotencyClaim {
  readonly viewer: string;
  readonly mutation: string;
  readonly key: string;
  /** The parsed input; another input under the same key is IDEMPOTENCY_KEY_REUSED. */
  readonly input: unknown;
}
