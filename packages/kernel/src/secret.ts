const redacted = '[REDACTED]';

/**
 * A value that must not reach a log, an error, an event or the API. Printing, inspecting or serialising it
 * gives [REDACTED]; `reveal()` is the only way to the text, and easy to search for.
 */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return redacted;
  }
  toJSON(): string {
    return redacted;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
