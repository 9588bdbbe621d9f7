import 'reflect-metadata';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isNonNullType,
  isObjectType,
  parse,
  specifiedDirectives,
} from 'graphql';
import { type BuildSchemaOptions, buildSchema, createResolversMap } from 'type-graphql';
import { auditRefusals } from './audit-refusals.ts';
import { demand, rolesOf, rolesThatSee } from './authorise.ts';
import type { RequestBase } from './request-context.ts';
import { stableSdl } from './stable-sdl.ts';

/** How to find the entities that other subgraphs refer to, by type. Use a DataLoader of the context. */
export type References<C extends RequestBase> = Record<
  string,
  { __resolveReference(reference: { readonly id: string }, context: C): unknown }
>;

export type FederatedSchemaOptions = Omit<BuildSchemaOptions, 'directives' | 'skipCheck' | 'emitSchemaFile'>;

export interface FederatedSchema {
  readonly schema: GraphQLSchema;
  /** What `schema.graphql` holds: with the federation link, and in an order that does not depend on imports. */
  readonly sdl: string;
}

type Resolver = GraphQLFieldResolver<unknown, RequestBase>;
type FieldResolvers = Record<string, unknown>;

/** type-graphql pide uno en cuanto hay suscripciones; aquí cada una trae su propio `subscribe`. */
const noPubSub = {
  publish(): never {
    throw new TypeError('subscriptions here bring their own subscribe function');
  },
  subscribe(): never {
    throw new TypeError('subscriptions here bring their own subscribe function');
  },
};

const guard =
  (
    field: { readonly extensions: GraphQLFieldConfig<unknown, unknown>['extensions'] },
    run: Resolver,
  ): Resolver =>
  (source, args, context, info) => {
    demand(context, rolesOf({ extensions: field.extensions ?? {} }));
    return run(source, args, context, info);
  };

/** Una operación se protege aquí, en un solo sitio: también el `subscribe`, que los middlewares no cubren. */
function guardRoot(root: GraphQLObjectType | null | undefined, audited: boolean): FieldResolvers {
  const resolvers: FieldResolvers = {};
  for (const field of Object.values(root?.getFields() ?? {})) {
    const { resolve, subscribe } = field;
    if (resolve === undefined) throw new TypeError(`${root?.name}.${field.name} has no resolver`);
    const guarded = guard(field, resolve);
    resolvers[field.name] =
      subscribe === undefined
        ? audited
          ? auditRefusals(guarded)
          : guarded
        : {
            resolve: guarded,
            subscribe: async (...all: Parameters<Resolver>) => guard(field, subscribe)(...all),
          };
  }
  return resolvers;
}

/** Lo que después fallaría callado, o solo ante un cliente, se dice al construir. */
function checkTypes(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isEnumType(type)) {
      const odd = type.getValues().find(({ name, value }) => name !== value);
      // Los valores por defecto se leen del SDL, donde solo está el nombre.
      if (odd !== undefined) throw new TypeError(`${type.name}.${odd.name}: name and value must be the same`);
    }
    if (isObjectType(type)) {
      const field = Object.values(type.getFields()).find(
        (candidate) => rolesThatSee(candidate) !== undefined && isNonNullType(candidate.type),
      );
      if (field !== undefined)
        throw new TypeError(`${type.name}.${field.name}: @VisibleTo needs a nullable field`);
    }
  }
}

/** Una referencia que falla anula su entidad; si lanzara antes de la promesa, anularía todo el lote. */
function settleApart<C extends RequestBase>(references: References<C>): Record<string, FieldResolvers> {
  return Object.fromEntries(
    Object.entries(references).map(([type, { __resolveReference: find }]) => [
      type,
      {
        __resolveReference: async (reference: { readonly id: string }, context: C) =>
          find(reference, context),
      },
    ]),
  );
}

/** La construcción de Apollo parte del SDL y pierde las extensiones, que dicen quién puede. */
function keepExtensions(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(from.getTypeMap())) {
    const target = to.getType(type.name);
    if (!isObjectType(type) || !isObjectType(target)) continue;
    for (const field of Object.values(target.getFields())) {
      field.extensions = { ...field.extensions, ...type.getFields()[field.name]?.extensions };
    }
  }
}

/**
 * A federated subgraph schema out of type-graphql classes. Every operation is guarded by its authorise line
 * (refused to everybody without one) and every refused mutation is audited.
 */
export async function buildFederatedSchema<C extends RequestBase>(
  options: FederatedSchemaOptions,
  references: References<C>,
): Promise<FederatedSchema> {
  const base = await buildSchema({
    validate: false,
    pubSub: noPubSub,
    ...options,
    directives: [...specifiedDirectives],
    // La comprobación de type-graphql no conoce @key; la de Apollo viene después.
    skipCheck: true,
  });
  checkTypes(base);
  const sdl = stableSdl(printSchemaWithDirectives(base));
  const resolvers = createResolversMap(base) as Record<string, FieldResolvers>;
  const roots = [base.getQueryType(), base.getMutationType(), base.getSubscriptionType()];
  for (const root of roots) {
    if (root != null) resolvers[root.name] = guardRoot(root, root === base.getMutationType());
  }
  for (const [type, reference] of Object.entries(settleApart(references))) {
    resolvers[type] = { ...resolvers[type], ...reference };
  }
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never });
  keepExtensions(base, schema);
  return { schema, sdl };
}
