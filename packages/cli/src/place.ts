import { type ApiClient, apiClient } from '@farutech/local/api-client';
import { readSettings, type Settings } from '@farutech/local/settings';
import { runningStack, type StackFile } from '@farutech/local/stack-file';
import type { TokenHolder } from '@farutech/local/stack-token';
import { type ControlPlaneDatabase, urlFromEnvironment } from '@farutech/prisma/control-plane';
import { Refusal } from './failure.ts';

/** Where the control plane is: what the environment names, and else the stack that runs here. */
export interface Place {
  readonly settings: Settings;
  /** A Refusal where none runs. */
  stack(): StackFile;
  databaseUrl(name: ControlPlaneDatabase): string;
  natsUrl(): string;
  /** The administrator of the server where tenants' databases are. */
  tenantServerUrl(): string;
  /** The shared database of the Standard tier, as the administrator. */
  tenantsDatabaseUrl(): string;
  /** The public API, as FARUTECH_TOKEN or as the demo operator of the stack. */
  api(): ApiClient;
  token(holder: TokenHolder): Promise<string>;
}

/** Nothing is looked for before it is asked for: help works where nothing runs. */
export function openPlace(env: NodeJS.ProcessEnv): Place {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const settings = (): Settings => readSettings(env);

  const stack = (also = ''): StackFile => {
    const { dataDir } = settings();
    const running = runningStack(dataDir);
    if (running !== undefined) return running;
    throw new Refusal(
      'NOTHING_RUNS',
      `Nothing runs on ${dataDir}. Start it with make up, or give FARUTECH_DATA${also}.`,
    );
  };
  const token = async (holder: TokenHolder): Promise<string> => {
    const running = stack();
    // Carga el cliente de Prisma y a identity: solo lo paga quien pide un token.
    const { stackToken } = await import('@farutech/local/stack-token');
    return await stackToken(running, settings().dataDir, holder);
  };

  return {
    get settings() {
      return settings();
    },
    stack,
    token,
    databaseUrl(name) {
      const variable = `DATABASE_URL_${name.toUpperCase()}`;
      const url = urlFromEnvironment(name, env) ?? stack(`, ${variable} or DATABASE_URL`).databases[name];
      if (url === undefined) throw new Refusal('NOTHING_RUNS', `The stack has no database ${name}.`);
      return url;
    },
    tenantServerUrl: () => given('TENANT_SERVER_URL') ?? stack(' or TENANT_SERVER_URL').databaseUrl,
    tenantsDatabaseUrl() {
      const url = given('TENANTS_DATABASE_URL') ?? stack(' or TENANTS_DATABASE_URL').databases.tenants;
      if (url === undefined) throw new Refusal('NOTHING_RUNS', 'The stack has no database tenants.');
      return url;
    },
    natsUrl: () => given('NATS_URL') ?? stack(' or NATS_URL').natsUrl,
    api() {
      const url = given('GATEWAY_URL') ?? stack(' or GATEWAY_URL').gatewayUrl;
      const own = given('FARUTECH_TOKEN');
      // El de la pila de aquí no se le enseña a un gateway de otra parte.
      if (own === undefined && given('GATEWAY_URL') !== undefined) {
        throw new Refusal('NO_TOKEN', 'With GATEWAY_URL an access token is needed too, in FARUTECH_TOKEN.');
      }
      // Vive cinco minutos: se pide una vez por orden, y no por petición.
      let asked: Promise<string> | undefined;
      return apiClient(url, () => {
        if (own !== undefined) return Promise.resolve(own);
        asked ??= token({});
        return asked;
      });
    },
  };
}
