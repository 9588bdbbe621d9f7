import './telemetry-off.ts';
import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext, executeQueryPlan } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  OperationTypeNode,
  print,
} from 'graphql';
import { worthKeeping } from './document-cache.ts';
import type { LoadedSupergraph } from './live/supergraph.ts';
import { type DataSources, requestContextOf } from './live/tail.ts';

const maxPlans = 1_000;

interface Execution {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly context?: unknown;
}

const named = (operationName: string | undefined): { operationName?: string } =>
  operationName === undefined ? {} : { operationName };

/** Consultas y mutaciones: un plan por texto y operación, ejecutado por Apollo. Es de un supergrafo. */
export class Executor {
  readonly #plans = new Map<string, QueryPlan>();

  constructor(private readonly loaded: LoadedSupergraph) {}

  async execute(request: Execution, sources: DataSources): Promise<ExecutionResult> {
    const { loaded } = this;
    const { document } = request;
    const operationName = request.operationName ?? undefined;
    const operation = getOperationAST(document, operationName);
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION)
      throw new GraphQLError(
        operation ? 'A subscription needs a WebSocket.' : 'The operation to run was not found.',
        { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
      );
    const variables = request.variables ?? {};
    const { errors } = getVariableValues(loaded.apiSchema, operation.variableDefinitions ?? [], variables);
    if (errors) return { errors };
    const query = document.loc?.source.body ?? print(document);
    return (await executeQueryPlan(
      this.#planOf(document, query, operationName),
      Object.fromEntries(sources),
      requestContextOf({ query, variables, operationName }, request.context),
      buildOperationContext({
        schema: loaded.apiSchema,
        operationDocument: document,
        ...named(operationName),
      }),
      loaded.supergraphSchema,
      loaded.federationApiSchema,
    )) as ExecutionResult;
  }

  #planOf(document: DocumentNode, query: string, operationName: string | undefined): QueryPlan {
    const key = JSON.stringify([operationName, query]);
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const operation = operationFromDocument(this.loaded.federationApiSchema, document, named(operationName));
    const plan = this.loaded.planner.buildQueryPlan(operation);
    if (!worthKeeping(query)) return plan;
    const [oldest] = this.#plans.size >= maxPlans ? this.#plans.keys() : [];
    if (oldest !== undefined) this.#plans.delete(oldest);
    this.#plans.set(key, plan);
    return plan;
  }
}
