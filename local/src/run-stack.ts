import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@farutech/runtime/logger';
import { ConfigurationError } from '@farutech/runtime/production';
import { onShutdown } from '@farutech/runtime/shutdown';
import { ApiRefusal } from './api-client.ts';
import { prepareDatabases } from './databases.ts';
import { prepareDemo } from './demo/prepare-demo.ts';
import { portIsFree } from './free-port.ts';
import { LaunchError } from './launch-error.ts';
import { takeLock } from './lock.ts';
import { endOrphans } from './orphans.ts';
import { openPhases, say } from './screen.ts';
import { stackSecrets } from './secrets.ts';
import { chooseNats, choosePostgres, type Server } from './servers.ts';
import { listServices } from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import { showStack } from './show-stack.ts';
import {
  type RunningProcess,
  readStackFile,
  removeStackFile,
  runningStack,
  type StackFile,
  writeStackFile,
} from './stack-file.ts';
import { startServices } from './start-services.ts';
import { prepareTenantsLogin } from './tenants-login.ts';

// El proceso que levanta la pila y la tiene en pie hasta que se le pide parar.

const closers: (() => Promise<void>)[] = [];
const closeAll = async (): Promise<void> => {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
};

async function checkPorts(settings: Settings): Promise<void> {
  for (const [name, port] of [
    ['GATEWAY_PORT', settings.gatewayPort],
    ['IDENTITY_PORT', settings.identityPort],
  ] as const) {
    if (!(await portIsFree(port))) throw new LaunchError(`port ${port} is taken; ${name} moves it`);
  }
}

async function run(settings: Settings): Promise<void> {
  const phases = openPhases();
  const logDir = join(settings.dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const before = readStackFile(settings.dataDir);
  if (before !== undefined) await endOrphans(before);
  await checkPorts(settings);
  closers.push(async () => removeStackFile(settings.dataDir));

  const parts: (() => RunningProcess | undefined)[] = [];
  let stack: StackFile | undefined;
  const watchers = {
    onDeath: say,
    onChange() {
      if (stack === undefined) return;
      stack = { ...stack, processes: parts.map((part) => part()).filter((one) => one !== undefined) };
      writeStackFile(settings.dataDir, stack);
    },
  };
  const keep = (server: Server): Server => {
    closers.push(() => server.close());
    parts.push(() => server.running());
    return server;
  };
  const starting = [
    phases.run('postgres', async (note) => {
      const server = keep(await choosePostgres(settings, watchers));
      note(server.detail);
      return server;
    }),
    phases.run('nats', async (note) => {
      const server = keep(await chooseNats(settings, watchers));
      note(server.detail);
      return server;
    }),
  ] as const;
  // Hasta que los dos hayan arrancado o fallado: el que arrancase tras rendirnos por el otro se quedaría huérfano.
  await Promise.allSettled(starting);
  const [postgres, nats] = await Promise.all(starting);
  const databases = await phases.run('databases', async (note) => {
    const prepared = await prepareDatabases(postgres.url);
    note(`${Object.keys(prepared.urls).length} databases, ${prepared.applied} migrations applied`);
    return prepared;
  });
  const secrets = stackSecrets(settings.dataDir);
  const tenantsUrl = await prepareTenantsLogin(databases.urls.tenants, secrets.tenantsPassword);
  const { services, subgraphUrls } = await listServices({
    settings,
    databases,
    adminUrl: postgres.url,
    tenantsUrl,
    natsUrl: nats.url,
    secrets,
  });
  stack = {
    state: 'starting',
    pid: process.pid,
    profile: settings.profile,
    gatewayUrl: `http://127.0.0.1:${settings.gatewayPort}/graphql`,
    subscriptionUrl: `ws://127.0.0.1:${settings.gatewayPort}/graphql`,
    identityUrl: `http://127.0.0.1:${settings.identityPort}`,
    subgraphUrls,
    databaseUrl: postgres.url,
    databases: databases.urls,
    natsUrl: nats.url,
    processes: [],
  };
  watchers.onChange();

  await phases.run('services', async (note) => {
    const started = await startServices({ settings, services, logDir, closers, parts, watchers });
    note(started);
  });
  await phases.run('demo', (note) => prepareDemo({ settings, stack: stack as StackFile, note }));
  stack = { ...stack, state: 'ready' };
  watchers.onChange();
  showStack(stack, settings.demo);
  say('ready');
}

try {
  const settings = readSettings();
  const running = runningStack(settings.dataDir);
  if (running !== undefined) {
    say(`It runs already (pid ${running.pid}, ${running.state}); make down stops it.`);
    showStack(running, settings.demo);
    process.exit(0);
  }
  const release = takeLock(settings.dataDir);
  closers.push(async () => release());
  const log = createLogger('local', { write: () => undefined });
  onShutdown(closeAll, log);
  // Quien nos lanzó ha muerto sin despedirse: la terminal ya no está, y nadie más pararía la pila.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  await run(settings);
} catch (error) {
  const { message, stack } = error as Error;
  const expected = [LaunchError, ApiRefusal, ConfigurationError].some((kind) => error instanceof kind);
  process.stderr.write(`make up: ${expected ? message : stack}\n`);
  await closeAll();
  process.exit(1);
}
