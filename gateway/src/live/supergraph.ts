import '../telemetry-off.ts';
import { type Schema, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';

/** Un supergrafo cargado. Recargar hace otro; quien aún usa el anterior lo conserva entero. */
export interface LoadedSupergraph {
  readonly planner: QueryPlanner;
  /** Lo que ven los clientes, en las dos formas que piden las bibliotecas. */
  readonly apiSchema: GraphQLSchema;
  readonly federationApiSchema: Schema;
  readonly supergraphSchema: GraphQLSchema;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
}

export function loadSupergraph(sdl: string): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, { validateSupergraph: false });
  const federationApiSchema = supergraph.apiSchema();
  return {
    planner: new QueryPlanner(supergraph),
    apiSchema: federationApiSchema.toGraphQLJSSchema(),
    federationApiSchema,
    supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
  };
}
