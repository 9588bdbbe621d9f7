/** What messaging asks of a registry of figures; `Metrics` of packages/runtime fits. */
export interface MessagingMetrics {
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
