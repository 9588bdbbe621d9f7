import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  Registry,
} from 'prom-client';

/** De 1 ms a 10 s: lo que aquí tarda una petición, una consulta o un mensaje. */
const latencyBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * The figures of one service, as Prometheus reads them. Asking twice for one name gives the same metric.
 * Durations are in seconds and say so in their name, as Prometheus asks.
 */
export class Metrics extends Registry {
  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    collect?: CounterConfiguration<Label>['collect'],
  ): Counter<Label> {
    const known = this.getSingleMetric(name);
    if (known instanceof Counter) return known;
    return new Counter({ name, help, labelNames, registers: [this], ...(collect && { collect }) });
  }

  /** With `collect` the value is taken when Prometheus asks; set it in there with `this.set(…)`. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    collect?: GaugeConfiguration<Label>['collect'],
  ): Gauge<Label> {
    const known = this.getSingleMetric(name);
    if (known instanceof Gauge) return known;
    return new Gauge({ name, help, labelNames, registers: [this], ...(collect && { collect }) });
  }

  histogram<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    buckets: readonly number[] = latencyBuckets,
  ): Histogram<Label> {
    const known = this.getSingleMetric(name);
    if (known instanceof Histogram) return known;
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this] });
  }
}

/** A registry of its own (several services may share a process), with the label `service` on everything. */
export function createMetrics(service: string): Metrics {
  const metrics = new Metrics();
  metrics.setDefaultLabels({ service });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}
