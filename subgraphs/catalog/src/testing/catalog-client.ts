import { randomUUID } from 'node:crypto';
import type { Secret } from '@farutech/kernel/secret';
import type { Role, Viewer } from '@farutech/kernel/viewer';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: las pruebas leen respuestas de muchas formas.
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

export const viewerOf = (...roles: Role[]): Viewer => ({
  sub: `${roles.join('+').toLowerCase()}@farutech.test`,
  roles,
  tenantId: '0195a000-0000-7000-8000-0000000000aa',
  instanceIds: [],
});

/** Habla con el subgrafo como lo haría el gateway. */
export function catalogClient(secret: Secret) {
  const signer = createInternalTokenSigner(secret);
  return async (url: string, viewer: Viewer, query: string, variables: object = {}): Promise<Answer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-farutech-internal': await signer.sign(viewer),
        'x-correlation-id': randomUUID(),
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Partial<Answer>;
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  };
}
