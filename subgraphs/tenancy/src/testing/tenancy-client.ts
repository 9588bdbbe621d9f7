import { Secret } from '@farutech/kernel/secret';
import type { Viewer } from '@farutech/kernel/viewer';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import { createClient } from 'graphql-ws';
import { v7 as newId } from 'uuid';
import WebSocket from 'ws';

export const testSecret = new Secret('un secreto de prueba de 32 bytes o más');
const signer = createInternalTokenSigner(testSecret);

/** La forma depende de cada consulta: lo que da JSON.parse. */
export interface Data {
  readonly [field: string]: ReturnType<typeof JSON.parse>;
}

interface ShownError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly field?: string; readonly correlationId: string };
}

export interface Answer {
  readonly data: Data | null;
  readonly errors?: readonly ShownError[];
}

/** Una operación por HTTP, con la palabra del gateway. */
export async function ask(
  url: string,
  viewer: Viewer,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-farutech-internal': await signer.sign(viewer),
      'x-correlation-id': newId(),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

export interface Watching {
  readonly frames: Data[];
  readonly errors: ShownError[];
  readonly stop: () => Promise<void>;
}

/** Una suscripción en su propio socket; apunta lo que llega, y no vuelve a intentar nada por su cuenta. */
export async function watch(
  wsUrl: string,
  viewer: Viewer,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Watching> {
  const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const frames: Data[] = [];
  const errors: ShownError[] = [];
  const extensions = { internalToken: await signer.sign(viewer), correlationId: newId() };
  client.subscribe<Data>(
    { query, variables, extensions },
    {
      next: ({ data }) => frames.push(Object.values(data ?? {})[0]),
      error: (failure) => errors.push(...(Array.isArray(failure) ? failure : [failure])),
      complete: () => undefined,
    },
  );
  return { frames, errors, stop: async () => client.dispose() };
}
