import { NoSchemaIntrospectionCustomRule, specifiedRules, type ValidationRule } from 'graphql';

/** What a document has to keep to, the same over HTTP and sockets. */
export interface OperationRules {
  /** Beside the ones that GraphQL itself demands. */
  readonly extra: readonly ValidationRule[];
  readonly all: readonly ValidationRule[];
  readonly maxTokens: number;
}

export function operationRules(nodeEnv = process.env.NODE_ENV): OperationRules {
  const extra = nodeEnv === 'production' ? [NoSchemaIntrospectionCustomRule] : [];
  // El gateway junta varias selecciones del cliente en una: diez veces lo que una consulta grande de verdad.
  return { extra, all: [...specifiedRules, ...extra], maxTokens: 20_000 };
}
