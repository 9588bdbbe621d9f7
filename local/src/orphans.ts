import { end, isAlive, isOurs } from './own-process.ts';
import type { StackFile } from './stack-file.ts';

/**
 * Si quien mandaba murió con SIGKILL, sus servicios siguen vivos con puertos y conexiones tomados. PostgreSQL
 * se adopta; a los demás se les pide que acaben, tras comprobar que el pid es todavía el suyo.
 */
export async function endOrphans(before: StackFile): Promise<readonly string[]> {
  const orphans = before.processes.filter(
    ({ name, pid, command }) =>
      name !== 'postgres' && isAlive(pid) && isOurs(pid, command.split(' ').at(-1) ?? command),
  );
  await Promise.all(orphans.map(({ pid }) => end(pid)));
  return orphans.map(({ name }) => name);
}
