import { type ASTNode, GraphQLError, type GraphQLFormattedError, Kind, parse, visit } from 'graphql';

/** Una variable de la petición que no cabe en su tipo. */
export interface VariableFault {
  /** Como lo escribe la API: el argumento, o la parte de su objeto que está mal: `legalName`. */
  readonly field: string;
  readonly message: string;
}

const variableMessage = /^Variable "\$([_A-Za-z][_0-9A-Za-z]*)" /;
const partAtFault = / at "\w+\.?([^"]*)"; [^;]*$/;
const missingPart = /Field "(?:\w+\.)?(\w+)" of required type "[^"]+" was not provided\.$/;

/** En qué argumento se usa, y en qué parte de su objeto: el documento manda, no el nombre de la variable. */
function placeOf(variable: string, node: ASTNode | undefined): readonly string[] {
  if (node?.loc === undefined) return [];
  const names: string[] = [];
  let found: readonly string[] = [];
  visit(parse(node.loc.source.body), {
    enter(candidate) {
      if (candidate.kind === Kind.ARGUMENT || candidate.kind === Kind.OBJECT_FIELD) {
        names.push(candidate.name.value);
      }
      if (candidate.kind === Kind.VARIABLE && candidate.name.value === variable && names.length > 0) {
        found = found.length > 0 ? found : [...names];
      }
    },
    leave(candidate) {
      if (candidate.kind === Kind.ARGUMENT || candidate.kind === Kind.OBJECT_FIELD) names.pop();
    },
  });
  return found;
}

/** `null` cuando el error es de otra cosa. */
export function variableFault(error: GraphQLError | GraphQLFormattedError): VariableFault | null {
  const node = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  if (error instanceof GraphQLError && node?.kind !== Kind.VARIABLE_DEFINITION) return null;
  const code = error.extensions?.code;
  if (typeof code === 'string' && code !== 'BAD_USER_INPUT') return null;
  const variable = variableMessage.exec(error.message)?.[1];
  if (variable === undefined) return null;

  const [argument = variable, ...parts] = placeOf(variable, node);
  const path = [
    ...parts,
    ...(partAtFault.exec(error.message)?.[1] ?? '').split('.'),
    missingPart.exec(error.message)?.[1] ?? '',
  ].filter((part) => part !== '');
  const field = path.length > 0 ? path.join('.') : argument;
  // El texto de graphql repite la entrada entera, y con ella datos personales: solo queda el motivo.
  const reason = error.message.slice(error.message.lastIndexOf('; ') + 1).trim();
  return { field, message: error.message.includes('; ') ? `${field}: ${reason}` : error.message };
}
