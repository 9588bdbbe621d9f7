import type { Databases } from './databases.ts';
import { demoPassword, operator } from './demo/accounts.ts';
import { freePort } from './free-port.ts';
import type { StackSecrets } from './secrets.ts';
import type { Settings } from './settings.ts';

export interface Service {
  readonly name: string;
  /** El fichero compilado que lo arranca como proceso, desde la raíz. */
  readonly main: string;
  /** Las mismas variables en los dos perfiles: lo que cambia es quién las lee. */
  readonly env: Readonly<Record<string, string>>;
  /** Los que se esperan antes de arrancarlo. */
  readonly after: readonly string[];
}

/** Lo de quien opera pasa a todos, y lo que aquí se decide gana: cada uno lee lo que le toca (docs/settings.md). */
export const environmentOf = (
  service: Service,
  operators: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv => ({ ...operators, ...service.env });

const host = '127.0.0.1';
const subgraphs = ['catalog', 'tenancy', 'subscription'] as const;

export interface Services {
  readonly services: readonly Service[];
  readonly subgraphUrls: Readonly<Record<string, string>>;
}

/** Todos los servicios del plano de control en el orden en que se arrancan. */
export async function listServices(options: {
  settings: Settings;
  databases: Databases;
  adminUrl: string;
  /** La compartida de los inquilinos, con el rol de tenancy. */
  tenantsUrl: string;
  natsUrl: string;
  secrets: StackSecrets;
}): Promise<Services> {
  const { settings, databases, secrets } = options;
  const messaging = { NATS_URL: options.natsUrl, ACK_WAIT_MS: `${settings.ackWaitMs}` };
  const internal = { INTERNAL_TOKEN_SECRET: secrets.internalToken };
  const fieldKeys = { FIELD_KEYS: secrets.fieldKeys };
  const ports = new Map<string, number>();
  for (const name of subgraphs) ports.set(name, await freePort());
  const issuer = `http://${host}:${settings.identityPort}`;

  const onlyOf: Partial<Record<(typeof subgraphs)[number], Record<string, string>>> = {
    tenancy: { TENANTS_DATABASE_URL: options.tenantsUrl, ...fieldKeys },
  };
  const subgraph = (name: (typeof subgraphs)[number]): Service => ({
    name,
    main: `subgraphs/${name}/dist/main.js`,
    env: {
      HOST: host,
      PORT: `${ports.get(name)}`,
      DATABASE_URL: databases.urls[name],
      ...messaging,
      ...internal,
      ...onlyOf[name],
    },
    after: [],
  });
  const subgraphUrls = Object.fromEntries(
    subgraphs.map((name) => [name, `http://${host}:${ports.get(name)}/graphql`]),
  );
  const addresses = Object.entries(subgraphUrls).map(([name, url]) => [
    `SUBGRAPH_${name.toUpperCase()}_URLS`,
    url,
  ]);
  const services = [
    ...subgraphs.map(subgraph),
    {
      name: 'identity',
      main: 'identity/dist/main.js',
      env: {
        HOST: host,
        PORT: `${settings.identityPort}`,
        ISSUER: issuer,
        DATABASE_URL: databases.urls.identity,
        DEVELOPMENT_LOGIN: 'true',
        COOKIE_KEYS: secrets.cookieKeys,
        ...fieldKeys,
      },
      after: [],
    },
    {
      name: 'worker-provisioning',
      main: 'workers/dist/main.js',
      env: {
        WORKER: 'provisioning',
        DATABASE_URL: databases.urls.workers,
        TENANT_SERVER_URL: options.adminUrl,
        TENANTS_DATABASE_URL: databases.urls.tenants,
        ...messaging,
        ...fieldKeys,
      },
      after: [],
    },
    {
      name: 'gateway',
      main: 'gateway/dist/main.js',
      env: {
        HOST: host,
        PORT: `${settings.gatewayPort}`,
        IDENTITY_ISSUER: issuer,
        JWKS_URL: `${issuer}/jwks`,
        PLAYGROUND_LOGIN: `${operator}:${demoPassword}`,
        ...Object.fromEntries(addresses),
        ...internal,
      },
      after: [...subgraphs, 'identity'],
    },
  ];
  return { services, subgraphUrls };
}
