import {
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external"])';

const roots = ['Query', 'Mutation', 'Subscription'];

const nameOf = (definition: DefinitionNode): string =>
  'name' in definition && definition.name !== undefined ? definition.name.value : '';

const rankOf = (definition: DefinitionNode): number => {
  const rank = roots.indexOf(nameOf(definition));
  return rank === -1 ? roots.length : rank;
};

// Comparación por código y no por idioma: el orden no puede depender de la configuración de la máquina.
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Los decoradores de parámetros se evalúan del último al primero: al revés se leen como en el código. */
const inReadingOrder = (field: FieldDefinitionNode): FieldDefinitionNode => ({
  ...field,
  arguments: [...(field.arguments ?? [])].reverse(),
});

function tidy(type: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const fields = (type.fields ?? []).map(inReadingOrder);
  const isRoot = roots.includes(type.name.value);
  return { ...type, fields: isRoot ? fields.sort((a, b) => byName(a.name.value, b.name.value)) : fields };
}

/**
 * The same SDL whatever the order in which modules were loaded: root types first with their operations by
 * name, then the types by name. Fields inside a type stay in the order of the class, which people read.
 */
export function stableSdl(sdl: string): string {
  const definitions = parse(sdl)
    .definitions.filter((definition) => definition.kind !== Kind.SCHEMA_DEFINITION)
    .map((definition) => (definition.kind === Kind.OBJECT_TYPE_DEFINITION ? tidy(definition) : definition))
    .sort((a, b) => rankOf(a) - rankOf(b) || byName(nameOf(a), nameOf(b)));
  return `${link}\n\n${print({ kind: Kind.DOCUMENT, definitions })}\n`;
}
