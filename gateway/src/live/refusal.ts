import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Lo que el subgrafo contestó, con sus extensiones (code, field, correlationId) tal como las puso. */
export const refusalResult = (errors: readonly GraphQLFormattedError[]): ExecutionResult => ({
  errors: errors.map(
    ({ message, path, extensions }) =>
      new GraphQLError(message, { ...(path && { path }), ...(extensions && { extensions }) }),
  ),
});

/** Un subgrafo que se está yendo, o al que le falta algo que volverá: se vuelve a pedir en vez de rendirse. */
export const isPassing = (errors: readonly GraphQLFormattedError[]): boolean =>
  errors.length > 0 && errors.every(({ extensions }) => extensions?.code === 'UNAVAILABLE');

export const missingAnswer: readonly GraphQLFormattedError[] = [
  { message: 'The subgraph sent neither data nor errors.', extensions: { code: 'INTERNAL' } },
];

export const internalError: readonly GraphQLFormattedError[] = [
  { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL' } },
];
