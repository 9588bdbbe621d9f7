import type { Metrics } from '@farutech/runtime/metrics';
import type { GraphQLFormattedError } from 'graphql';

/** The figures of GraphQL operations, the same for HTTP and sockets. */
export interface OperationMetrics {
  observe(operation: string, startedAt: number): void;
  countErrors(errors: readonly GraphQLFormattedError[]): void;
}

export function operationMetrics(metrics: Metrics, liveSubscriptions: () => number): OperationMetrics {
  const seconds = metrics.histogram('graphql_operation_seconds', 'Time to answer an operation', [
    'operation',
  ]);
  const errors = metrics.counter('graphql_errors_total', 'Errors shown, by code', ['code']);
  metrics.gauge('graphql_live_subscriptions', 'Subscriptions open now', [], function collect() {
    this.set(liveSubscriptions());
  });
  return {
    observe: (operation, startedAt) => seconds.observe({ operation }, (performance.now() - startedAt) / 1000),
    countErrors(shown) {
      for (const { extensions } of shown) errors.inc({ code: String(extensions?.code) });
    },
  };
}
