import type { Cause } from '@farutech/kernel/request';
import type { AuditsRefusals, RequestBase } from '@farutech/subgraph/request-context';
import type { CatalogLoaders } from '../persistence/queries/catalog-loaders.ts';

export interface CatalogContext extends RequestBase, AuditsRefusals {
  readonly loaders: CatalogLoaders;
}

export const causeOf = ({ viewer, correlationId, traceparent }: RequestBase): Cause => ({
  actor: viewer.sub,
  correlationId,
  ...(traceparent !== undefined && { traceparent }),
});

/** Un documento puede llevar varias mutaciones: la segunda no debe leer lo que se cargó antes de la primera. */
export function forgetLoaded({ loaders }: CatalogContext): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
}
