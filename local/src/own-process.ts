import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: existe, pero es de otro usuario (PostgreSQL corre con el suyo).
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

function commandOf(pid: number): string {
  if (!isAlive(pid)) return '';
  if (existsSync(`/proc/${pid}/cmdline`))
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' });
}

/** Los pids se reutilizan: antes de creer o parar un proceso apuntado se mira qué programa es. */
export const isOurs = (pid: number, part: string): boolean => commandOf(pid).includes(part);

/** SIGTERM y, si en `limitMs` no acaba, SIGKILL. */
export async function end(pid: number, limitMs = 12_000): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; isAlive(pid) && waitedMs < limitMs; waitedMs += 50) await wait(50);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}
