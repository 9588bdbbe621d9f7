import '../telemetry-off.ts';
import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parseType,
} from 'graphql';
import { type CanonicalSubscription, type Resumption, resumable } from './canonical.ts';
import type { LoadedSupergraph } from './supergraph.ts';

/** Nombre de subgrafo que ninguno puede tener: el suceso que ya llegó, visto como si fuera una petición. */
export const eventService = '@event';

/** Por convenio es reanudable la raíz con un argumento `after: String` y un campo `cursor: String!` en lo que da. */
export interface ResumableConvention {
  readonly afterArgument: string;
  readonly cursorField: string;
}

export interface LiveOperation {
  readonly loaded: LoadedSupergraph;
  readonly plain: CanonicalSubscription;
  readonly rootKey: string;
  /** Lo que se pide al subgrafo dueño de la raíz. */
  readonly service: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly upstreamVariables: readonly string[];
  readonly resume: { readonly afterVariable: string; readonly cursorKey: string } | null;
  /** Lo que queda por hacer con cada suceso: entrar en la respuesta y unir las entidades de los demás. */
  readonly perEvent: QueryPlan;
  readonly context: ReturnType<typeof buildOperationContext>;
}

export function rootDefinition(loaded: LoadedSupergraph, root: FieldNode): GraphQLField<unknown, unknown> {
  const field = loaded.apiSchema.getSubscriptionType()?.getFields()[root.name.value];
  if (field !== undefined) return field;
  throw new GraphQLError(`Cannot query field "${root.name.value}" on type "Subscription".`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}

export function resumptionOf(
  field: GraphQLField<unknown, unknown>,
  { afterArgument, cursorField }: ResumableConvention,
): Resumption | null {
  const after = field.args.find(({ name }) => name === afterArgument);
  const payload = getNullableType(field.type);
  if (after === undefined || isNonNullType(after.type) || !isScalarType(after.type)) return null;
  if (isListType(payload)) return null;
  const type = getNamedType(payload);
  if (!isObjectType(type) && !isInterfaceType(type)) return null;
  const cursor = type.getFields()[cursorField];
  if (cursor === undefined || !isNonNullType(cursor.type) || !isScalarType(cursor.type.ofType)) return null;
  return { argument: afterArgument, argumentType: parseType(after.type.name), cursorField };
}

function planOf(loaded: LoadedSupergraph, document: DocumentNode): SubscriptionNode {
  const plan = loaded.planner.buildQueryPlan(operationFromDocument(loaded.federationApiSchema, document));
  if (plan.node?.kind !== 'Subscription')
    throw new GraphQLError('The planner made no subscription of it.', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  return plan.node;
}

export function compile(
  loaded: LoadedSupergraph,
  plain: CanonicalSubscription,
  root: FieldNode,
  convention: ResumableConvention,
): LiveOperation {
  const resumption = resumptionOf(rootDefinition(loaded, root), convention);
  const resume = resumption === null ? null : resumable(plain, resumption);
  const { primary, rest } = planOf(loaded, resume?.document ?? plain.document);
  const event: PlanNode = { ...primary, serviceName: eventService, variableUsages: [] };
  return {
    loaded,
    plain,
    rootKey: (root.alias ?? root.name).value,
    service: primary.serviceName,
    query: primary.operation,
    operationName: primary.operationName,
    upstreamVariables: (primary.variableUsages ?? []).filter((name) => name !== resume?.afterVariable),
    resume,
    perEvent: { kind: 'QueryPlan', node: rest ? { kind: 'Sequence', nodes: [event, rest] } : event },
    context: buildOperationContext({ schema: loaded.apiSchema, operationDocument: plain.document }),
  };
}
