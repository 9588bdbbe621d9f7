import type { Metrics } from '@farutech/runtime/metrics';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';

/** Las conexiones a bases de inquilinos, como las lee Prometheus. */
export function showTenants(metrics: Metrics, tenants: TenantDatabases): void {
  metrics.gauge('tenant_connections', 'Connections to tenant databases that are set aside', [], function () {
    this.set(tenants.figures().connections);
  });
  metrics.gauge(
    'tenant_clients_waiting',
    'Requests that wait for room for a tenant database',
    [],
    function () {
      this.set(tenants.figures().waiting);
    },
  );
  metrics.gauge(
    'tenant_redirects',
    'Times since the start that somebody was sent to another database because the tenant had moved',
    [],
    function () {
      this.set(tenants.figures().redirects);
    },
  );
  metrics.gauge(
    'tenant_conflicts',
    'Transactions since the start that were made again because another was in the way',
    [],
    function () {
      this.set(tenants.figures().conflicts);
    },
  );
}
