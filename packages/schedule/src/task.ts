/** Work that is done by the clock. */
export interface ScheduledTask {
  /** Unique in its database. */
  readonly name: string;
  /** Five fields, or six with the seconds first; read in UTC. */
  readonly cron: string;
  /** One line for an operator: what it is for. */
  readonly summary: string;
  /**
   * Does it, and says in one line what it did. A process that dies half way is followed by another that starts
   * over, so it must bear being repeated. `signal` aborts when the process closes or loses its turn: what is
   * long stops at the next whole piece.
   */
  run(at: Date, signal: AbortSignal): Promise<string>;
}

/** What the schedule asks of a logger; pino's fits. */
export interface ScheduleLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the schedule asks of a registry of figures; `Metrics` of packages/runtime fits. */
export interface ScheduleMetrics {
  counter(
    name: string,
    help: string,
    labelNames: readonly string[],
  ): { inc(labels: Record<string, string>, value?: number): void };
  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets?: readonly number[],
  ): { observe(labels: Record<string, string>, value: number): void };
}
