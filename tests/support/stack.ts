import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@farutech/local/free-port';

import { readStackFile, type StackFile } from '@farutech/local/stack-file';
import { type Api, openApi } from './api.ts';
import { makeDataFolder } from './data-folder.ts';
import { eventually } from './eventually.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readyLimitMs = 120_000;

/** Una pila en marcha, vista desde fuera: sirve igual para la propia que para la compartida. */
export interface StackView {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Lo que dice stack.json ahora mismo. */
  file(): StackFile;
  as(email: string): Promise<Api>;
  app(instanceId: string): Promise<Api>;
  pidOf(name: string): number;
  /** kill -9 a uno de sus procesos; devuelve su pid. */
  kill(name: string): number;
}

export interface TestStack extends StackView {
  /** Lo que se ha escrito en pantalla. */
  output(): string;
  /** Ctrl-C, y hasta que no queda nada. */
  stop(): Promise<number>;
  /** Parar y borrar la carpeta. */
  close(): Promise<void>;
}

export interface StackOptions {
  readonly profile: 'compact' | 'full';
  readonly env?: Record<string, string>;
  /** Una carpeta que ya existe: para arrancar otra vez sobre los mismos datos. */
  readonly dataDir?: string;
}

/** `make up` de verdad: el lanzador compilado, con su carpeta, sus puertos y sus servidores. */
export async function startTestStack(options: StackOptions): Promise<TestStack> {
  const dataDir = options.dataDir ?? (await makeDataFolder('stack'));
  const env = {
    ...process.env,
    DATABASE_URL: '',
    NATS_URL: '',
    FARUTECH_DATA: dataDir,
    PROFILE: options.profile,
    GATEWAY_PORT: `${await freePort()}`,
    IDENTITY_PORT: `${await freePort()}`,
    // vitest pone NODE_ENV=test y sus propias opciones de node: un servicio debe correr como en la calle.
    NODE_ENV: 'development',
    NODE_OPTIONS: '',
    ...options.env,
  };
  let output = '';
  const launcher = spawn(process.execPath, [`${root}local/dist/up.js`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const note = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  launcher.stdout.on('data', note);
  launcher.stderr.on('data', note);
  await untilReady(launcher, dataDir, () => output);
  const exited = new Promise<number>((resolve) => launcher.once('exit', (code) => resolve(code ?? -1)));
  const stop = async (): Promise<number> => {
    if (launcher.exitCode === null) launcher.kill('SIGINT');
    return await exited;
  };
  return {
    ...viewStack(dataDir, env),
    output: () => output,
    stop,
    async close() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(launcher: ChildProcess, dataDir: string, output: () => string): Promise<void> {
  await eventually(
    () => {
      if (launcher.exitCode !== null) return;
      if (readStackFile(dataDir)?.state !== 'ready') throw new Error(`la pila no está lista:\n${output()}`);
    },
    { withinMs: readyLimitMs },
  );
  if (launcher.exitCode !== null) throw new Error(`make up acabó con ${launcher.exitCode}:\n${output()}`);
}

function viewStack(dataDir: string, env: NodeJS.ProcessEnv): StackView {
  const file = (): StackFile => {
    const stack = readStackFile(dataDir);
    if (stack === undefined) throw new Error('no hay stack.json');
    return stack;
  };
  const pidOf = (name: string): number => {
    const found = file().processes.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no hay proceso ${name}`);
    return found.pid;
  };
  return {
    dataDir,
    env,
    file,
    as: (email) => openApi({ stack: file(), env, token: { AS: email, APP: '' } }),
    app: (instanceId) => openApi({ stack: file(), env, token: { APP: instanceId } }),
    pidOf,
    kill(name) {
      const pid = pidOf(name);
      process.kill(pid, 'SIGKILL');
      return pid;
    },
  };
}
