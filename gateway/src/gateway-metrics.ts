import type { Metrics } from '@farutech/runtime/metrics';
import type { LiveFigures } from './live/figures.ts';

/** Lo que hace el motor de suscripciones, leído cuando Prometheus pregunta. */
export function liveMetrics(metrics: Metrics, figures: LiveFigures): void {
  const now = (name: string, help: string, read: () => number): void => {
    metrics.gauge(name, help, [], function collect() {
      this.set(read());
    });
  };
  now('farutech_live_subscribers', 'Live subscribers connected now', () => figures.members);
  now('farutech_live_groups', 'Groups of equal subscribers', () => figures.groups);
  now('farutech_live_upstreams', 'Subscriptions open to subgraphs now', () => figures.upstreams);
  const total = (name: string, help: string, read: () => number): void => {
    metrics.counter(name, help, [], function collect() {
      this.reset();
      this.inc(read());
    });
  };
  total(
    'farutech_live_upstreams_opened_total',
    'Subscriptions opened to subgraphs',
    () => figures.upstreamsOpened,
  );
  total(
    'farutech_live_upstreams_resumed_total',
    'Lost upstreams opened again',
    () => figures.upstreamsResumed,
  );
  total('farutech_live_snapshots_total', 'Present states read for late subscribers', () => figures.snapshots);
  total('farutech_live_joined_total', 'Private upstreams that joined their group', () => figures.joined);
  total('farutech_live_ring_frames_total', 'Frames delivered from a ring', () => figures.ringFrames);
  total('farutech_live_private_frames_total', 'Frames delivered outside a ring', () => figures.privateFrames);
  total('farutech_live_joins_total', 'Frames finished: entity joins executed', () => figures.tails);
}
