import { Secret } from '@farutech/kernel/secret';
import { parseEnv } from '@farutech/runtime/env';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { isProduction } from '@farutech/runtime/production';
import { type SubgraphSettings, subgraphEnv, subgraphSettings } from '@farutech/runtime/subgraph-settings';
import { cronSetting } from '@farutech/schedule/cron-setting';
import { type PruneSettings, pruneEnv, pruneSettings } from '@farutech/schedule/prune-settings';
import { z } from 'zod';

export interface TenancyConfig extends SubgraphSettings, PruneSettings {
  /** La compartida de los inquilinos Standard, con un rol que pertenece a farutech_app y no es dueño de nada. */
  readonly tenantsDatabaseUrl: Secret;
  /** Cuántas conexiones abre este proceso, como mucho, a todas las bases de inquilinos juntas. */
  readonly tenantConnections: number;
  /** `k2:<base64>,k1:<base64>`; con ellas se cifran NIT y correos. */
  readonly fieldKeys: Secret;
  /** El dominio bajo el que cuelga cada instancia. */
  readonly tenantDomain: string;
  /** Lo que un traslado de nivel espera con la vuelta atrás abierta antes de confirmarse solo. */
  readonly moveWarmMs: number;
  /** Lo que una operación puede callar antes de que se le dé otra vez su orden. */
  readonly sweepAfterMs: number;
  /** Cuándo se mira si hay operaciones calladas o traslados vencidos. */
  readonly sweepCron: string;
}

const dayMs = 86_400_000;

const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function parseTenancyConfig(source: NodeJS.ProcessEnv = process.env): TenancyConfig {
  const env = parseEnv(
    {
      ...subgraphEnv(4002),
      ...pruneEnv,
      TENANTS_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
      TENANT_CONNECTIONS: z.coerce.number().int().min(4).max(1_000).default(40),
      FIELD_KEYS: isProduction() ? z.string() : z.string().default(developmentFieldKeys),
      TENANT_DOMAIN: z.string().regex(domainName, 'is no domain name').default('tenants.farutech.test'),
      // Más de un mes no: mientras espera, el trabajador guarda cada cambio para poder deshacerlo.
      MOVE_WARM_MS: z.coerce
        .number()
        .int()
        .min(1_000)
        .max(31 * dayMs)
        .default(dayMs),
      SWEEP_AFTER_MS: z.coerce.number().int().min(1_000).max(dayMs).default(60_000),
      SWEEP_CRON: cronSetting.default('*/15 * * * * *'),
    },
    source,
  );
  return {
    ...subgraphSettings(env, source),
    ...pruneSettings(env),
    tenantsDatabaseUrl: new Secret(env.TENANTS_DATABASE_URL),
    tenantConnections: env.TENANT_CONNECTIONS,
    fieldKeys: new Secret(env.FIELD_KEYS),
    tenantDomain: env.TENANT_DOMAIN,
    moveWarmMs: env.MOVE_WARM_MS,
    sweepAfterMs: env.SWEEP_AFTER_MS,
    sweepCron: env.SWEEP_CRON,
  };
}
