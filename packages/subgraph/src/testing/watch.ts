import { randomUUID } from 'node:crypto';
import type { Secret } from '@farutech/kernel/secret';
import type { Viewer } from '@farutech/kernel/viewer';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** La forma depende de cada consulta: lo que da JSON.parse. */
export interface Data {
  readonly [field: string]: ReturnType<typeof JSON.parse>;
}

export interface ShownError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly field?: string; readonly correlationId: string };
}

export interface Watching {
  readonly frames: Data[];
  readonly errors: ShownError[];
  readonly stop: () => Promise<void>;
}

/** Una suscripción en su propio socket, con la palabra del gateway; apunta lo que llega y no vuelve a intentar nada. */
export async function watch(
  wsUrl: string,
  { secret, viewer }: { readonly secret: Secret; readonly viewer: Viewer },
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Watching> {
  const client = createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const frames: Data[] = [];
  const errors: ShownError[] = [];
  const internalToken = await createInternalTokenSigner(secret).sign(viewer);
  client.subscribe<Data>(
    { query, variables, extensions: { internalToken, correlationId: randomUUID() } },
    {
      next: ({ data }) => frames.push(Object.values(data ?? {})[0]),
      error: (failure) => errors.push(...(Array.isArray(failure) ? failure : [failure])),
      complete: () => undefined,
    },
  );
  return { frames, errors, stop: async () => client.dispose() };
}
