import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { LaunchError } from './launch-error.ts';
import { environmentOf, type Service } from './services.ts';
import { root } from './settings.ts';
import type { RunningProcess } from './stack-file.ts';

const readyLimitMs = 60_000;
const stopLimitMs = 12_000;
const manyDeaths = 5;
const manyDeathsWindowMs = 10_000;
const longestRestMs = 5_000;

export interface Supervised {
  readonly name: string;
  running(): RunningProcess | undefined;
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Cuánto espera un proceso muerto antes de volver: nada hasta la quinta muerte en 10 s; desde ahí crece
 * hasta 5 s, para que uno que muere al nacer no se coma la máquina.
 */
export function restBeforeRestart(deaths: readonly number[], now: number): number {
  const recent = deaths.filter((at) => now - at < manyDeathsWindowMs).length;
  return recent < manyDeaths ? 50 : Math.min(longestRestMs, 500 * 2 ** (recent - manyDeaths));
}

const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Un servicio como proceso propio, que si muere vuelve a arrancar hasta que se le para. */
export function supervise(
  service: Service,
  options: { logFile: string; onChange(): void; onDeath(line: string): void },
): Supervised {
  const deaths: number[] = [];
  let stopping = false;
  let child: ChildProcess;
  let from = 0;

  const start = (): void => {
    const log = openSync(options.logFile, 'a', 0o600);
    from = statSync(options.logFile).size;
    // detached: Ctrl-C llega a todo el grupo de la terminal, y los servicios deben parar en nuestro orden.
    child = spawn(process.execPath, ['--enable-source-maps', `${root}${service.main}`], {
      cwd: root,
      env: environmentOf(service),
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    child.once('exit', onExit);
    options.onChange();
  };
  const onExit = (code: number | null, signal: string | null): void => {
    if (stopping) return;
    deaths.push(Date.now());
    const rest = restBeforeRestart(deaths, Date.now());
    options.onDeath(
      `${service.name} (pid ${child.pid}) died with ${signal ?? `exit code ${code}`}; starting it again in ${rest} ms. Log: ${options.logFile}`,
    );
    setTimeout(() => !stopping && start(), rest);
  };
  start();

  return {
    name: service.name,
    running: () =>
      child.pid !== undefined && alive(child)
        ? { name: service.name, pid: child.pid, command: `node ${service.main}`, logFile: options.logFile }
        : undefined,
    /** Un servicio dice «ready» en su registro cuando atiende; vale igual para los que no escuchan en un puerto. */
    async ready() {
      const deadline = Date.now() + readyLimitMs;
      while (!readFileSync(options.logFile, 'utf8').slice(from).includes('"msg":"ready"')) {
        if (deaths.length >= manyDeaths || Date.now() > deadline) {
          throw new LaunchError(`${service.name} does not start; its reason is in ${options.logFile}`);
        }
        await wait(25);
      }
    },
    async close() {
      stopping = true;
      if (!alive(child)) return;
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const hardStop = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      child.kill('SIGTERM');
      await gone;
      clearTimeout(hardStop);
    },
  };
}
