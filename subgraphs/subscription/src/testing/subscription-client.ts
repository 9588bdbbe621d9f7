import { randomUUID } from 'node:crypto';
import type { Secret } from '@farutech/kernel/secret';
import type { Role, Viewer } from '@farutech/kernel/viewer';
import { createInternalTokenSigner } from '@farutech/runtime/internal-token';
import { grupoExito, id } from './facts.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: las pruebas leen respuestas de muchas formas.
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

export const staffWith = (role: Role): Viewer => ({
  sub: `${role.toLowerCase()}@farutech.test`,
  roles: [role],
  tenantId: null,
  instanceIds: [],
});

export const customerWith = (role: Role, customerId = grupoExito): Viewer => ({
  sub: `${role.toLowerCase()}@exito.test`,
  roles: [role],
  tenantId: customerId,
  instanceIds: [],
});

export const childApp = (...instanceIds: string[]): Viewer => ({
  sub: `app-${id('8', 1)}`,
  roles: ['CHILD_APP'],
  tenantId: grupoExito,
  instanceIds,
});

export type AskSubscription = (
  url: string,
  viewer: Viewer,
  query: string,
  variables?: object,
) => Promise<Answer>;

/** Habla con el subgrafo como lo haría el gateway. */
export function subscriptionClient(secret: Secret): AskSubscription {
  const signer = createInternalTokenSigner(secret);
  return async (url, viewer, query, variables = {}) => {
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

/** Código y campo del primer error. */
export const refusal = ({ errors }: Answer): readonly unknown[] => [
  errors[0]?.extensions.code,
  errors[0]?.extensions.field,
];
