import type { Secret } from '@farutech/kernel/secret';
import type { Health } from '@farutech/runtime/health';
import type { InternalTokenVerifier } from '@farutech/runtime/internal-token';
import type { Logger } from '@farutech/runtime/logger';
import type { Metrics } from '@farutech/runtime/metrics';
import type { GraphQLSchema } from 'graphql';
import type { OperationMetrics } from './operation-metrics.ts';
import type { OperationRules } from './operation-rules.ts';
import type { RequestBase } from './request-context.ts';

export interface SubgraphOptions<C extends RequestBase> {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly internalTokenSecret: Secret;
  /** Called once per operation, and once per event of a subscription. */
  readonly createContext: (base: RequestBase) => C;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What the HTTP side and the socket side share. */
export interface SubgraphParts<C extends RequestBase> {
  readonly schema: GraphQLSchema;
  readonly rules: OperationRules;
  readonly verifier: InternalTokenVerifier;
  readonly createContext: (base: RequestBase) => C;
  readonly metrics: OperationMetrics;
  readonly log: Logger;
}
