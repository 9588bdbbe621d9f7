import { readWorkers } from '../../packages/cli/src/oracle/read-control-plane.ts';
import { readTenantsServer } from '../../packages/cli/src/oracle/read-tenants-server.ts';
import type { SeenHome, Sighting } from '../../packages/cli/src/oracle/sighting.ts';
import type { ProvisioningWorld } from '../../workers/src/testing/provisioning-world.ts';
import type { CrashLane } from './crash-lane.ts';
import type { Played } from './crash-scenarios.ts';

const homesToldBy = async ({ pool }: CrashLane): Promise<readonly SeenHome[]> =>
  (
    await pool.query<SeenHome>(
      `SELECT DISTINCT ON (aggregate_id) aggregate_id AS "tenantId", data ->> 'databaseId' AS "databaseId",
         data ->> 'databaseTier' AS tier
       FROM outbox WHERE name IN ('TenantInstanceProvisioned', 'TenantHomeMoved') ORDER BY aggregate_id, id DESC`,
    )
  ).rows;

/** Lo que vería el oráculo con un plano de control que se hubiera creído todos los hechos. */
export async function seeWorkers(
  world: ProvisioningWorld,
  lanes: readonly CrashLane[],
  played: readonly Played[],
): Promise<Sighting> {
  const [held, homes, { blind: _, ...tenants }] = await Promise.all([
    Promise.all(lanes.map(({ workersUrl }) => readWorkers(workersUrl))),
    Promise.all(lanes.map(homesToldBy)),
    readTenantsServer(world.server.adminUrl, world.tenantsUrl),
  ]);
  const alive = new Set(
    played.filter(({ scenario }) => scenario.leaves === 'ACTIVE').map(({ request }) => request.instanceId),
  );
  const now = new Date();
  return {
    ...tenants,
    now,
    instances: played.map(({ request, scenario }) => ({
      id: request.instanceId,
      status: scenario.leaves,
      tier: scenario.tier,
    })),
    operations: played.map(({ request, scenario }) => ({
      id: request.operationId,
      instanceId: request.instanceId,
      kind: 'PROVISION',
      state: scenario.leaves === 'FAILED' ? 'COMPENSATED' : 'SUCCEEDED',
      startedAt: now,
      movedAt: now,
    })),
    homes: homes.flat().filter(({ tenantId }) => alive.has(tenantId)),
    jobs: held.flatMap(({ jobs }) => jobs),
    reservations: held.flatMap(({ reservations }) => reservations),
    subdomains: held.flatMap(({ subdomains }) => subdomains),
    provisioned: held.flatMap(({ provisioned }) => provisioned),
    transitions: [],
    audits: [],
    unsent: [],
    consumers: [],
    deadLetters: [],
  };
}
