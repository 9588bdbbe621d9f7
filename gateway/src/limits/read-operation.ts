import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { limits, refuseTooComplex, tooComplex } from './structure.ts';

const maxNesting = 200;
const tokenLimit = /^Syntax Error: Document contains more than/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const syntaxError = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message, {
    ...(error.source && { source: error.source }),
    ...(error.positions && { positions: error.positions }),
    extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400 } },
  });

/**
 * La puerta de HTTP y de los sockets: antes de validar, que compara cada campo con cada otro y por eso puede
 * ser lo más caro de una petición hostil. Lanza GraphQLError.
 * `parsed` ahorra leer otra vez el mismo texto; el coste se vuelve a mirar, porque depende de las variables.
 */
export function readOperation(schema: GraphQLSchema, raw: unknown, parsed?: DocumentNode): DocumentNode {
  if (Array.isArray(raw))
    throw tooComplex('Batched requests are not accepted: send one operation a request.');
  if (!isRecord(raw) || typeof raw.query !== 'string' || raw.query.trim() === '')
    throw new GraphQLError('The request carries no GraphQL query.', {
      extensions: { code: 'VALIDATION_FAILED', field: 'query', http: { status: 400 } },
    });
  if (raw.variables != null && !isRecord(raw.variables))
    throw new GraphQLError('Variables must be an object.', {
      extensions: { code: 'VALIDATION_FAILED', field: 'variables', http: { status: 400 } },
    });
  const document = parsed ?? parseWithin(raw.query);
  const refusal = refuseTooComplex(schema, document, raw.variables ?? {});
  if (refusal !== null) throw refusal;
  return document;
}

/** El analizador y todo lo que viene detrás son recursivos: unos miles de llaves agotan la pila de quien las lee. */
function isNestedBeyond(text: string, most: number): boolean {
  let level = 0;
  for (const character of text) {
    if (character === '{' || character === '[' || character === '(') level++;
    else if (character === '}' || character === ']' || character === ')') level--;
    if (level > most) return true;
  }
  return false;
}

function parseWithin(query: string): DocumentNode {
  if (isNestedBeyond(query, maxNesting)) throw tooComplex('The query is nested too deeply.');
  try {
    return parse(query, { maxTokens: limits.tokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw tokenLimit.test(error.message)
      ? tooComplex(`The query has more than ${limits.tokens} tokens.`)
      : syntaxError(error);
  }
}
