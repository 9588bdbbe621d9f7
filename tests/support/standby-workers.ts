import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const workersRoom = fileURLToPath(new URL('../../workers/', import.meta.url));

// El trabajador compilado, con todo cargado y sin conectarse a nada hasta que se le dice con qué ajustes.
const script = `
const [{ createLogger }, { readConfig }, { startWorkers }] = await Promise.all([
  import('@farutech/runtime/logger'), import('./dist/config.js'), import('./dist/start.js')]);
process.stdout.write('standby\\n');
process.stdin.once('data', async (line) => {
  Object.assign(process.env, JSON.parse(String(line)));
  const workers = await startWorkers(readConfig(), createLogger('workers'));
  process.once('SIGTERM', () => workers.close().then(() => process.exit(0)));
  process.stdout.write('started\\n');
});`;

export interface StandbyWorker {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Lo que ha escrito, registro incluido. */
  output(): string;
  readonly exited: Promise<string>;
}

export interface StandbyWorkers {
  /** Uno ya cargado, que arranca ahora con esos ajustes. */
  take(env: Readonly<Record<string, string>>): Promise<StandbyWorker>;
  /** SIGKILL a todos, también a los parados. */
  close(): void;
}

/** Cargar el programa cuesta más que la operación que se va a interrumpir: siempre hay `ahead` esperando. */
export function openStandbyWorkers(ahead: number): StandbyWorkers {
  const all = new Set<ChildProcess>();
  const waiting: Promise<StandbyWorker>[] = [];
  let closed = false;

  function launch(): Promise<StandbyWorker> {
    const child = spawn(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', script], {
      cwd: workersRoom,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'development', LOG_LEVEL: 'warn' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    all.add(child);
    let output = '';
    const exited = new Promise<string>((resolve) =>
      child.once('exit', (code, signal) => {
        all.delete(child);
        resolve(signal ?? `${code}`);
      }),
    );
    const note = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stderr.on('data', note);
    // Al morir con algo por leerle, escribirle es un error de su tubería y no nuestro.
    child.stdin.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        note(chunk);
        if (output.includes('standby\n')) {
          resolve({ process: child, pid: child.pid ?? 0, output: () => output, exited });
        }
      });
      void exited.then((how) =>
        reject(new Error(`el trabajador acabó (${how}) antes de empezar:\n${output}`)),
      );
    });
  }

  const fill = (): void => {
    while (!closed && waiting.length < ahead) {
      const launched = launch();
      launched.catch(() => undefined);
      waiting.push(launched);
    }
  };
  fill();

  return {
    async take(env) {
      const next = waiting.shift() ?? launch();
      fill();
      const worker = await next;
      worker.process.stdin?.write(`${JSON.stringify(env)}\n`);
      return worker;
    },
    close() {
      closed = true;
      for (const child of all) child.kill('SIGKILL');
    },
  };
}
