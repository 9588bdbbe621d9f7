import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StackFile } from '@farutech/local/stack-file';
import { type LiveSession, openLiveSession } from './live-session.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** Un token de acceso vale cinco minutos, y hay historias que duran más. */
const renewAfterMs = 120_000;

export interface ApiError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly field?: string; readonly correlationId?: string };
}
interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly ApiError[];
}

export interface Api {
  readonly token: string;
  /** La respuesta entera, con sus errores. */
  ask<Data>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>>;
  /** Los datos; si hay un error, falla con él. */
  get<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** El código del primer error y su campo, o nada si no lo hubo. */
  refusal(
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<{ code: string; field?: string } | undefined>;
  live<Frame>(query: string, variables: Record<string, unknown>): LiveSession<Frame>;
}

/** El token, como lo pediría una persona: con el mismo programa que `make token`. */
async function makeToken(env: NodeJS.ProcessEnv, who: Record<string, string>): Promise<string> {
  const { stdout } = await run(process.execPath, [`${root}local/dist/token.js`], { env: { ...env, ...who } });
  return stdout.trim();
}

export async function openApi(options: {
  stack: StackFile;
  env: NodeJS.ProcessEnv;
  token: Record<string, string>;
}): Promise<Api> {
  const renew = (): Promise<string> => makeToken(options.env, options.token);
  return apiWith(options.stack, await renew(), renew);
}

function apiWith(
  stack: Pick<StackFile, 'gatewayUrl' | 'subscriptionUrl'>,
  first: string,
  renew: () => Promise<string>,
): Api {
  let token = first;
  let since = Date.now();
  let renewing: Promise<void> | undefined;
  async function fresh(): Promise<string> {
    if (Date.now() - since > renewAfterMs) {
      renewing ??= renew()
        .then((next) => {
          token = next;
          since = Date.now();
        })
        .finally(() => {
          renewing = undefined;
        });
      await renewing;
    }
    return token;
  }

  const ask = async <Data>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<Data>> => {
    const response = await fetch(stack.gatewayUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await fresh()}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  };
  return {
    get token() {
      return token;
    },
    ask,
    async get<Data>(query: string, variables?: Record<string, unknown>) {
      const { data, errors } = await ask<Data>(query, variables);
      if (errors !== undefined || data === undefined || data === null) {
        throw new Error(`la API respondió ${JSON.stringify(errors)}`);
      }
      return data;
    },
    async refusal(query, variables) {
      const extensions = (await ask(query, variables)).errors?.[0]?.extensions;
      if (extensions === undefined) return undefined;
      const { code, field } = extensions;
      return field === undefined ? { code } : { code, field };
    },
    live: <Frame>(query: string, variables: Record<string, unknown>) =>
      openLiveSession<Frame>({ url: stack.subscriptionUrl, token, query, variables }),
  };
}
