import { type Ask, readOnly } from './read-only.ts';
import type {
  LiveReservation,
  SeenAudit,
  SeenHome,
  SeenInstance,
  SeenOperation,
  SeenTransition,
  Sighting,
  UnfinishedJob,
} from './sighting.ts';

type OfTenancy = Pick<
  Sighting,
  'now' | 'instances' | 'operations' | 'homes' | 'transitions' | 'audits' | 'deadLetters'
>;
type OfWorkers = Pick<Sighting, 'jobs' | 'reservations' | 'subdomains' | 'provisioned'>;

async function clockOf(ask: Ask): Promise<Date> {
  const [row] = await ask<{ now: Date }>('SELECT now()');
  if (row === undefined) throw new TypeError('SELECT now() no dio fila');
  return row.now;
}

export const readTenancy = (url: string): Promise<OfTenancy> =>
  readOnly(url, async (ask) => ({
    now: await clockOf(ask),
    instances: await ask<SeenInstance>(
      'SELECT id, status::text, database_tier::text AS tier FROM tenant_instance ORDER BY created_at, id',
    ),
    operations: await ask<SeenOperation>(
      `SELECT id, tenant_instance_id AS "instanceId", kind::text, state::text, started_at AS "startedAt",
         moved_at AS "movedAt" FROM operation`,
    ),
    homes: await ask<SeenHome>(
      `SELECT tenant_id AS "tenantId", database_id AS "databaseId", database_tier::text AS tier FROM tenant_home`,
    ),
    transitions: await ask<SeenTransition>(
      `SELECT instance_id AS "instanceId", version, status::text, at FROM feed WHERE status_changed`,
    ),
    audits: await ask<SeenAudit>(
      `SELECT entity_id AS "instanceId", action, detail ->> 'status' AS status, at FROM audit_entry
       WHERE entity_type = 'TenantInstance' AND outcome = 'ACCEPTED' ORDER BY seq`,
    ),
    deadLetters: await ask<Sighting['deadLetters'][number]>(
      `SELECT id, worker, code FROM dead_letter WHERE replayed_at IS NULL AND discarded_at IS NULL ORDER BY received_at`,
    ),
  }));

export const readWorkers = (url: string): Promise<OfWorkers> =>
  readOnly(url, async (ask) => ({
    jobs: await ask<UnfinishedJob>(
      `SELECT operation_id AS "operationId", state::text, lease_until AS "leaseUntil" FROM job
       WHERE state IN ('RUNNING', 'COMPENSATING')`,
    ),
    reservations: await ask<LiveReservation>(
      `SELECT instance_id AS "instanceId", database_name AS "databaseName", tier, drop_after AS "dropAfter"
       FROM tenant_database WHERE released_at IS NULL`,
    ),
    subdomains: await ask<Sighting['subdomains'][number]>(
      'SELECT host, instance_id AS "instanceId" FROM published_subdomain WHERE released_at IS NULL',
    ),
    provisioned: await ask<Sighting['provisioned'][number]>(
      `SELECT data ->> 'operationId' AS "operationId", count(*)::int AS times FROM outbox
       WHERE name = 'TenantInstanceProvisioned' GROUP BY 1`,
    ),
  }));
