import { join } from 'node:path';
import { startInProcess } from './one-process.ts';
import type { Service } from './services.ts';
import type { Settings } from './settings.ts';
import type { RunningProcess } from './stack-file.ts';
import { supervise } from './supervisor.ts';

interface Options {
  readonly settings: Settings;
  readonly services: readonly Service[];
  readonly logDir: string;
  /** Lo arrancado se apunta aquí en cuanto existe: si lo siguiente falla, también se cierra. */
  readonly closers: (() => Promise<void>)[];
  readonly parts: (() => RunningProcess | undefined)[];
  readonly watchers: { onDeath(line: string): void; onChange(): void };
}

/** Arranca en paralelo lo que no espera a nadie, y después lo demás. Devuelve la línea para la pantalla. */
export async function startServices(options: Options): Promise<string> {
  const first = options.services.filter(({ after }) => after.length === 0);
  const then = options.services.filter(({ after }) => after.length > 0);
  const start = options.settings.profile === 'full' ? startAsProcess : startHere;
  if (options.settings.profile === 'compact') {
    options.parts.push(() => ({
      name: 'compact',
      pid: process.pid,
      command: 'node local/dist/run-stack.js',
      logFile: options.logDir,
    }));
  }
  await Promise.all(first.map((service) => start(service, options)));
  for (const service of then) await start(service, options);
  options.watchers.onChange();
  const names = options.services.map(({ name }) => name).join(', ');
  return `${names}${options.settings.profile === 'full' ? ', a process each' : ', in one process'}`;
}

async function startHere(service: Service, options: Options): Promise<void> {
  const running = await startInProcess(service, join(options.logDir, `${service.name}.log`));
  options.closers.push(() => running.close());
}

async function startAsProcess(service: Service, options: Options): Promise<void> {
  const supervised = supervise(service, {
    logFile: join(options.logDir, `${service.name}.log`),
    ...options.watchers,
  });
  options.closers.push(() => supervised.close());
  options.parts.push(() => supervised.running());
  await supervised.ready();
}
