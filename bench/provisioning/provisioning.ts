import type { Bench } from '../bench.ts';
import { measureCommitToStatus } from './commit-to-status.ts';
import { measureThroughput } from './throughput.ts';

/** Lo que cuesta el motor sobre hacer lo mismo sin él, y lo que tarda en verse. */
export const provisioning: Bench = {
  name: 'provisioning',
  notes: [
    'Worker: the compiled worker process with its default settings (4 operations at once), ordered through JetStream, until the last of them is SUCCEEDED in its journal: 7 steps, 15 facts, fenced sessions, observed before acted. Bare loop: straight-line code in one process, 4 at once, that leaves the same in the tenants’ server: role, database, closed door, application role, owner, gate and settings; no journal, no facts, no look before acting. One bare loop copies the same template as the worker, the other runs the migrations in each new database. For Standard it is one transaction of the same rows, repeated over connections that stay open. All take turns in each round, in alternating order, on one PostgreSQL (fsync=off); what each left is dropped in between. Medians of the rounds; a ratio is the median of the ratios within a round, with the least and the greatest.',
    'Commit → status: the whole stack, a process for each service, one instance at a time: provisioned, suspended, resumed. From the clock that is read just before the COMMIT until the frame is in the hands of a subscriber of provisioningStatus at the gateway. A step goes through the worker’s outbox, tenancy and tenancy’s outbox; the subscriber’s first frame is a snapshot and does not count.',
  ],
  async measure(say) {
    return { ...(await measureThroughput(say)), ...(await measureCommitToStatus(say)) };
  },
};
