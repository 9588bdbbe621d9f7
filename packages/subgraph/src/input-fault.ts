import { type ASTNode, type GraphQLError, Kind, parse, visit } from 'graphql';

/** An input that a scalar, an enum or an input type refused, before any resolver saw it. */
export interface InputFault {
  readonly message: string;
  /** As the API spells it: `first`, and for a part of an input object the path inside it: `price`. */
  readonly field: string;
}

const badVariable =
  /^Variable "\$(?<variable>\w+)" (?:has invalid value|got invalid value|of required type|of non-null type)/;
const badArgument = /^Argument "(?<argument>\w+)" (?:has invalid value|of required type|of non-null type)/;
const partAtFault = / at "\w+\.?(?<path>[^"]*)"; (?<reason>[^;]*)$/;
const missingPart = /Field "(?:\w+\.)?(?<part>\w+)" of required type "[^"]+" was not provided\.$/;

const valueKinds: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

interface Place {
  readonly argument: string;
  /** Down to the faulty part of the argument; without the argument itself. */
  readonly path: readonly string[];
}

/** Dónde está un nodo dentro del documento: el árbol no guarda padres, así que se vuelve a leer el texto. */
function placeOf(node: ASTNode, matches: (candidate: ASTNode) => boolean): Place | undefined {
  if (node.loc === undefined) return undefined;
  const names: string[] = [];
  let found: readonly string[] | undefined;
  visit(parse(node.loc.source.body), {
    enter(candidate) {
      if (candidate.kind === Kind.ARGUMENT || candidate.kind === Kind.OBJECT_FIELD) {
        names.push(candidate.name.value);
      }
      if (found === undefined && names.length > 0 && matches(candidate)) found = [...names];
    },
    leave(candidate) {
      if (candidate.kind === Kind.ARGUMENT || candidate.kind === Kind.OBJECT_FIELD) names.pop();
    },
  });
  const [argument, ...path] = found ?? [];
  return argument === undefined ? undefined : { argument, path };
}

/** El nombre del argumento manda solo si nada más concreto se sabe. */
const fieldName = (place: Place | undefined, path: string, fallback: string): string => {
  const parts = [...(place?.path ?? []), ...path.split('.')].filter((part) => part !== '');
  return parts.length > 0 ? parts.join('.') : (place?.argument ?? fallback);
};

function variableFault(error: GraphQLError, node: ASTNode, variable: string): InputFault {
  const place = placeOf(node, (it) => it.kind === Kind.VARIABLE && it.name.value === variable);
  const at = partAtFault.exec(error.message)?.groups;
  const missing = missingPart.exec(error.message)?.groups?.part;
  const field = fieldName(place, [at?.path ?? '', missing ?? ''].join('.'), variable);
  // El texto de graphql repite la entrada entera, y con ella datos personales: solo queda el motivo.
  const reason = error.message.slice(error.message.lastIndexOf('; ') + 1).trim();
  return { field, message: error.message.includes('; ') ? `${field}: ${reason}` : error.message };
}

/** `undefined` when the error is about the document or the server, not about a value. */
export function inputFault(error: GraphQLError): InputFault | undefined {
  const [node] = error.nodes ?? [];
  if (node === undefined) return undefined;
  const variable = badVariable.exec(error.message)?.groups?.variable;
  if (node.kind === Kind.VARIABLE_DEFINITION && variable !== undefined) {
    return variableFault(error, node, variable);
  }
  const argument = badArgument.exec(error.message)?.groups?.argument;
  if (argument !== undefined) return { field: argument, message: error.message };
  if (!valueKinds.has(node.kind) || error.extensions.code === 'GRAPHQL_PARSE_FAILED') return undefined;
  const place = placeOf(node, (it) => it.loc?.start === node.loc?.start && it.kind === node.kind);
  if (place === undefined) return undefined;
  const missing = missingPart.exec(error.message)?.groups?.part;
  return { field: fieldName(place, missing ?? '', place.argument), message: error.message };
}
