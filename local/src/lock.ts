import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchError } from './launch-error.ts';
import { isOurs } from './own-process.ts';

/** Dos arranques a la vez sobre una carpeta acabarían con dos PostgreSQL sobre los mismos ficheros. */
export function takeLock(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'stack.lock');
  for (;;) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, `${process.pid}`);
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (owner > 0 && isOurs(owner, 'run-stack')) {
        throw new LaunchError(`another make up (pid ${owner}) is starting on ${dataDir}`);
      }
      rmSync(file, { force: true });
    }
  }
}
