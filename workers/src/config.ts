import { fileURLToPath } from 'node:url';
import type { Clock } from '@farutech/kernel/clock';
import { Secret } from '@farutech/kernel/secret';
import { readClock } from '@farutech/runtime/clock';
import { parseEnv } from '@farutech/runtime/env';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { type PruneSettings, pruneEnv, pruneSettings } from '@farutech/schedule/prune-settings';
import { z } from 'zod';
import {
  type KubernetesConfig,
  kubernetesConfig,
  kubernetesEnv,
} from './provisioning/cluster/kubernetes-config.ts';

export interface WorkersConfig extends PruneSettings {
  /** Uno de ellos, o `all`. */
  readonly worker: string;
  /** Su propia base: el diario y el buzón. */
  readonly databaseUrl: string;
  /** El administrador del servidor donde viven las bases de los inquilinos: crea roles y bases. */
  readonly tenantServerUrl: string;
  /** La base compartida de los Standard, con el administrador. */
  readonly tenantsDatabaseUrl: string;
  /** `host:puerto` que una cadena de conexión puede nombrar; el primero es el de las bases nuevas. */
  readonly tenantHosts: readonly string[];
  readonly natsUrl: string;
  readonly fieldKeys: Secret;
  /** Lo que calla un consumidor antes de que otro reciba su mensaje. */
  readonly ackWaitMs: number;
  /** Lo que una operación sigue siendo de quien no da señales. Menor que ackWaitMs: al volver el mensaje ya está libre. */
  readonly leaseMs: number;
  /** Operaciones a la vez en un proceso. */
  readonly concurrency: number;
  /** Solo en desarrollo: `paso:n`, `paso:always`, `paso:permanent`… (fault.ts). */
  readonly provisioningFault: string;
  readonly clock: Clock;
  /** Lo que se guardan los datos de una instancia dada de baja antes de borrarlos. */
  readonly dropGraceMs: number;
  /** Dónde queda su volcado final; sin ella no se hace. */
  readonly dumpDir: string | undefined;
  readonly tenantMigrationsDir: string;
  readonly productsDir: string;
  readonly kubernetes: KubernetesConfig;
}

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const milliseconds = z.coerce.number().int().min(200).max(600_000);
const hostAndPort = /^[A-Za-z0-9.-]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/;

const folder = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** `host:puerto` de una dirección de PostgreSQL. */
export function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
}

export function readConfig(source: NodeJS.ProcessEnv = process.env): WorkersConfig {
  const env = parseEnv(
    {
      WORKER: z.string().default('all'),
      DATABASE_URL: postgresUrl,
      TENANT_SERVER_URL: postgresUrl,
      TENANTS_DATABASE_URL: postgresUrl,
      TENANT_HOSTS: z
        .string()
        .transform((hosts) => hosts.split(',').map((host) => host.trim()))
        .refine((hosts) => hosts.every((host) => hostAndPort.test(host)), {
          error: 'must be a list of host:port, separated by commas',
        })
        .optional(),
      NATS_URL: z.string().min(1),
      FIELD_KEYS: z.string().default(developmentFieldKeys),
      ACK_WAIT_MS: milliseconds.default(30_000),
      LEASE_MS: milliseconds.optional(),
      CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
      PROVISIONING_FAULT: z.string().default(''),
      DROP_GRACE_MS: z.coerce
        .number()
        .int()
        .min(0)
        .default(7 * 86_400_000),
      ...pruneEnv,
      DUMP_DIR: z.string().optional(),
      TENANT_MIGRATIONS_DIR: z.string().default(folder('prisma/tenant/migrations')),
      PRODUCTS_DIR: z.string().default(folder('products')),
      ...kubernetesEnv,
    },
    source,
  );
  const tenantHosts = env.TENANT_HOSTS ?? [placeOf(env.TENANT_SERVER_URL)];
  return {
    worker: env.WORKER,
    databaseUrl: env.DATABASE_URL,
    tenantServerUrl: env.TENANT_SERVER_URL,
    tenantsDatabaseUrl: env.TENANTS_DATABASE_URL,
    tenantHosts,
    natsUrl: env.NATS_URL,
    fieldKeys: new Secret(env.FIELD_KEYS),
    ackWaitMs: env.ACK_WAIT_MS,
    leaseMs: env.LEASE_MS ?? Math.round(env.ACK_WAIT_MS * 0.9),
    concurrency: env.CONCURRENCY,
    provisioningFault: env.PROVISIONING_FAULT,
    clock: readClock(source),
    ...pruneSettings(env),
    dropGraceMs: env.DROP_GRACE_MS,
    dumpDir: env.DUMP_DIR,
    tenantMigrationsDir: env.TENANT_MIGRATIONS_DIR,
    productsDir: env.PRODUCTS_DIR,
    kubernetes: kubernetesConfig(env, tenantHosts),
  };
}
