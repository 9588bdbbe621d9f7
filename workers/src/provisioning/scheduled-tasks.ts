import type { ScheduledTask } from '@farutech/schedule/task';
import { isLiveIn, janitor } from './cluster/janitor.ts';
import { dropLeftTenants } from './drop-left-tenants.ts';
import type { Surroundings } from './step.ts';

export const dropTask = (surroundings: Surroundings): ScheduledTask => ({
  name: 'drop-left-tenants',
  cron: '*/10 * * * *',
  summary: 'drops the data of decommissioned instances whose grace is over',
  run: (at, signal) => dropLeftTenants(surroundings, at, signal),
});

export const janitorTask = ({ cluster, pool, log }: Surroundings): ScheduledTask => ({
  name: 'cluster-janitor',
  cron: '30 * * * *',
  summary: 'removes namespaces of ours that no instance needs any more',
  async run() {
    const removed = await janitor(cluster, isLiveIn(pool));
    for (const { name, instanceId } of removed)
      log.warn({ namespace: name, instanceId }, 'namespace removed');
    return `removed ${removed.length} namespaces`;
  },
});
