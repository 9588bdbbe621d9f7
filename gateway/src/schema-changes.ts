import { findBreakingChanges, findDangerousChanges, type GraphQLSchema } from 'graphql';

export interface SchemaChanges {
  /** Un cliente que funcionaba con el esquema anterior falla con el nuevo. */
  readonly breaking: readonly string[];
  /** Puede sorprender a un cliente: un valor más en un enum, un argumento opcional más, otro por defecto. */
  readonly dangerous: readonly string[];
}

const described = (changes: readonly { readonly type: string; readonly description: string }[]): string[] =>
  changes.map(({ type, description }) => `${type}: ${description}`).toSorted();

export const schemaChanges = (released: GraphQLSchema, next: GraphQLSchema): SchemaChanges => ({
  breaking: described(findBreakingChanges(released, next)),
  dangerous: described(findDangerousChanges(released, next)),
});
