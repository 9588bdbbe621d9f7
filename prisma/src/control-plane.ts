import { fileURLToPath } from 'node:url';
import { migrate } from './migrate.ts';

/** Las bases del plano de control, cada una con un solo dueño que escribe en ella. */
export const controlPlane = {
  catalog: 'farutech_catalog',
  tenancy: 'farutech_tenancy',
  subscription: 'farutech_subscription',
  identity: 'farutech_identity',
  workers: 'farutech_workers',
} as const;
export type ControlPlaneDatabase = keyof typeof controlPlane;

export const controlPlaneNames = Object.keys(controlPlane) as readonly ControlPlaneDatabase[];

/** La dirección de una base, dada la de su servidor. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** Aplica a una de ellas lo que le falta y dice los nombres de lo aplicado. */
export const migrateControlPlane = (name: ControlPlaneDatabase, url: string): Promise<readonly string[]> =>
  migrate(url, [fileURLToPath(new URL(`../${name}/migrations`, import.meta.url))]);

/**
 * Cómo se nombran desde fuera: DATABASE_URL_CATALOG y las demás una a una, o DATABASE_URL, el servidor que
 * las tiene todas. Nada si el entorno no la nombra; vacía cuenta como ausente.
 */
export function urlFromEnvironment(
  name: ControlPlaneDatabase,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const own = env[`DATABASE_URL_${name.toUpperCase()}`];
  if (own !== undefined && own !== '') return own;
  const server = env.DATABASE_URL;
  return server === undefined || server === '' ? undefined : databaseUrl(server, controlPlane[name]);
}
