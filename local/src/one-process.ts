import { createWriteStream } from 'node:fs';
import type { Logger } from '@farutech/runtime/logger';
import { createLogger } from '@farutech/runtime/logger';
import { environmentOf, type Service } from './services.ts';

interface Running {
  close(): Promise<void>;
}
type Start = (env: NodeJS.ProcessEnv, log: Logger) => Promise<Running>;

// Cada sala se importa al arrancarla y no antes: cargar módulos es casi todo el tiempo de arranque.
const starts: Readonly<Record<string, Start>> = {
  async catalog(env, log) {
    const [{ startCatalog }, { parseCatalogConfig }] = await Promise.all([
      import('@farutech/catalog/start'),
      import('@farutech/catalog/config'),
    ]);
    return await startCatalog(parseCatalogConfig(env), log);
  },
  async tenancy(env, log) {
    const [{ startTenancy }, { parseTenancyConfig }] = await Promise.all([
      import('@farutech/tenancy/start'),
      import('@farutech/tenancy/config'),
    ]);
    return await startTenancy(parseTenancyConfig(env), log);
  },
  async subscription(env, log) {
    const [{ startSubscription }, { parseSubscriptionConfig }] = await Promise.all([
      import('@farutech/subscription/start'),
      import('@farutech/subscription/config'),
    ]);
    return await startSubscription(parseSubscriptionConfig(env), log);
  },
  async identity(env, log) {
    const [{ startIdentity }, { readConfig }] = await Promise.all([
      import('@farutech/identity/start'),
      import('@farutech/identity/config'),
    ]);
    return await startIdentity(readConfig(env), log);
  },
  async 'worker-provisioning'(env, log) {
    const [{ startWorkers }, { readConfig }] = await Promise.all([
      import('@farutech/workers/start'),
      import('@farutech/workers/config'),
    ]);
    return await startWorkers(readConfig(env), log);
  },
  async gateway(env, log) {
    const [{ startGateway }, { readGatewayConfig }] = await Promise.all([
      import('@farutech/gateway/start'),
      import('@farutech/gateway/config'),
    ]);
    return await startGateway(readGatewayConfig(env), log);
  },
};

/** El mismo servicio con las mismas variables, dentro de este proceso y con su registro en su fichero. */
export async function startInProcess(service: Service, logFile: string): Promise<Running> {
  const start = starts[service.name];
  if (start === undefined) throw new TypeError(`nadie sabe arrancar ${service.name}`);
  const stream = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const running = await start(environmentOf(service), createLogger(service.name, stream));
  return {
    async close() {
      await running.close();
      await new Promise<void>((resolve) => stream.end(resolve));
    },
  };
}
