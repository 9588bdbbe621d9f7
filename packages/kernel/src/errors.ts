/**
 * A refusal that a client may read. `code` is stable and is what a client switches on; `field` names the
 * argument at fault, as the API spells it. The text may change.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

/** Absent, or not the viewer's to see: the two look alike on purpose, so that ids cannot be probed. */
export const notFound = (field?: string): DomainError =>
  new DomainError('NOT_FOUND', 'There is no such thing, or it is not yours to see.', field);

export const invalid = (field: string, message: string): DomainError =>
  new DomainError('VALIDATION_FAILED', message, field);

/** In a worker or a consumer: trying again may work. `code` says what failed. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** In a worker or a consumer: trying again cannot work. It goes to the dead letters at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The fact arrived before the one it builds on. It comes back in 200 ms and does not count as a failure. */
export class OutOfOrderError extends Error {
  override readonly name = 'OutOfOrderError';
}
