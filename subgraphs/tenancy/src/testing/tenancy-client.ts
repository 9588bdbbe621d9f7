import { Secret } from '@farutech/kernel/secret';
import type { Viewer } from '@farutech/kernel/viewer';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import {
  type Data,
  type ShownError,
  type Watching,
  watch as watchSubgraph,
} from '@farutech/subgraph/testing/watch';
import { v7 as newId } from 'uuid';

export type { Data } from '@farutech/subgraph/testing/watch';

export const testSecret = new Secret('un secreto de prueba de 32 bytes o más');
const signer = createInternalTokenSigner(testSecret);

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

/** Una suscripción en su propio socket. */
export const watch = (
  wsUrl: string,
  viewer: Viewer,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Watching> => watchSubgraph(wsUrl, { secret: testSecret, viewer }, query, variables);
