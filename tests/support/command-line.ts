import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../farutech', import.meta.url));

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `./farutech …` de verdad, desde una carpeta cualquiera. */
export const farutech = (env: NodeJS.ProcessEnv, args: readonly string[], cwd = '/'): Promise<Said> =>
  new Promise((resolve, reject) => {
    execFile(launcher, args, { env, cwd, maxBuffer: 2 ** 24 }, (error, out, err) => {
      // Un código distinto de cero también llega como error; lo demás es que no se pudo ni arrancar.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });

/** Su respuesta como la leería un programa; falla si no salió con cero. */
export async function farutechJson<Data>(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Data> {
  const { code, out, err } = await farutech(env, [...args, '--json']);
  if (code !== 0) throw new Error(`./farutech ${args.join(' ')} salió con ${code}: ${err}`);
  return JSON.parse(out) as Data;
}
