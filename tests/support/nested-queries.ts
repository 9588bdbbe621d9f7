import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/** Dos valores para lo que decide cuántas filas da una lista sin páginas: `(productCode: "…")`. */
interface Variants {
  readonly few: string;
  readonly many: string;
}

export interface NestedQuery {
  /** `Query.customers > Customer.instances > TenantInstance.operations`. */
  readonly name: string;
  /** Los campos por los que pasa, de listas y de objetos. */
  readonly path: readonly string[];
  readonly few: string;
  readonly many: string;
  /** Cuántas filas trae la última lista. */
  rows(data: unknown): number;
}

interface Step {
  readonly name: string;
  readonly field: Field;
  readonly node: GraphQLObjectType;
  readonly isConnection: boolean;
  /** El campo de objeto por el que se pasa antes, si no cuelga directamente. */
  readonly through: Field | undefined;
  readonly path: readonly string[];
}

export interface NestingOptions {
  readonly maxLists: number;
  /** Cuántas filas de la primera lista, pocas y muchas, según por dónde se pasa. */
  sizes(path: readonly string[]): { readonly few: number; readonly many: number };
  /** Cuántas filas de las demás. */
  readonly inner: number;
  /** `Query.plans` → sus argumentos, con pocas y con muchas filas. */
  readonly roots: Readonly<Record<string, Variants>>;
  /** `Query.previewPlan` → sus argumentos: un objeto del que cuelgan listas y que hay que pedir con algo. */
  readonly objects: Readonly<Record<string, string>>;
}

const fields = (type: GraphQLObjectType): readonly Field[] => Object.values(type.getFields());
const needsNothing = (field: Field): boolean => !field.args.some(isRequiredArgument);
const isPaged = (field: Field): boolean => field.args.some(({ name }) => name === 'first');

function nodeOf(field: Field): GraphQLObjectType | undefined {
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return undefined;
  if (!isPaged(field)) return isListType(getNullableType(field.type)) ? type : undefined;
  const edge = getNamedType(type.getFields().edges?.type);
  const node = isObjectType(edge) ? getNamedType(edge.getFields().node?.type) : undefined;
  return isObjectType(node) ? node : undefined;
}

/** Las listas que cuelgan de un tipo, directamente o a través de un objeto. */
function stepsFrom(type: GraphQLObjectType): readonly Step[] {
  const direct = fields(type).flatMap((field) => stepOf(type, field));
  const behind = objectFields(type).flatMap((through) => {
    const owner = getNamedType(through.type) as GraphQLObjectType;
    return fields(owner).flatMap((field) => stepOf(owner, field, { through, of: type }));
  });
  return [...direct, ...behind];
}

const behindRoot = (query: GraphQLObjectType, through: Field): readonly Step[] => {
  const owner = getNamedType(through.type) as GraphQLObjectType;
  return fields(owner).flatMap((field) => stepOf(owner, field, { through, of: query }));
};

function stepOf(
  owner: GraphQLObjectType,
  field: Field,
  behind?: { through: Field; of: GraphQLObjectType },
): readonly Step[] {
  const node = nodeOf(field);
  if (node === undefined) return [];
  const name = `${owner.name}.${field.name}`;
  const path = behind === undefined ? [name] : [`${behind.of.name}.${behind.through.name}`, name];
  return [{ name, field, node, isConnection: isPaged(field), through: behind?.through, path }];
}

const objectFields = (type: GraphQLObjectType): readonly Field[] =>
  fields(type).filter(
    (field) =>
      needsNothing(field) &&
      !isPaged(field) &&
      !isListType(getNullableType(field.type)) &&
      isObjectType(getNamedType(field.type)),
  );

const leaves = (type: GraphQLObjectType): readonly string[] =>
  fields(type)
    .filter((field) => needsNothing(field) && isLeafType(getNamedType(field.type)))
    .map(({ name }) => name);

/** Todo lo que una fila tiene: sus valores, y los de cada objeto suyo. */
const whole = (type: GraphQLObjectType): string =>
  [
    ...leaves(type),
    ...objectFields(type).flatMap((field) => {
      const inside = leaves(getNamedType(field.type) as GraphQLObjectType);
      return inside.length === 0 ? [] : [`${field.name} { ${inside.join(' ')} }`];
    }),
  ].join(' ');

/** Una consulta por cada cadena de hasta `maxLists` listas que se puede seguir desde Query sin repetir ninguna. */
export function nestedQueries(schema: GraphQLSchema, options: NestingOptions): readonly NestedQuery[] {
  const query = schema.getQueryType();
  if (!query) throw new TypeError('el esquema no tiene Query');
  const chains: (readonly Step[])[] = [];
  function follow(chain: readonly Step[]): void {
    chains.push(chain);
    const last = chain.at(-1);
    if (last === undefined || chain.length === options.maxLists) return;
    for (const next of stepsFrom(last.node)) {
      if (needsNothing(next.field) && !chain.some(({ name }) => name === next.name)) follow([...chain, next]);
    }
  }
  for (const field of fields(query)) {
    for (const step of stepOf(query, field)) follow([step]);
    if (`Query.${field.name}` in options.objects) for (const step of behindRoot(query, field)) follow([step]);
  }
  return chains.map((chain) => toQuery(chain, options));
}

function toQuery(chain: readonly Step[], options: NestingOptions): NestedQuery {
  const [root] = chain;
  if (root === undefined) throw new TypeError('una cadena vacía');
  const path = chain.flatMap((step) => step.path);
  const { few, many } =
    root.isConnection && needsNothing(root.field)
      ? pagesOf(options.sizes(path))
      : (options.roots[root.name] ?? missing(root.name));
  return {
    name: path.join(' > '),
    path,
    few: `{ ${selection(chain, few, options)} }`,
    many: `{ ${selection(chain, many, options)} }`,
    rows: (data) => rowsAt([data], chain).length,
  };
}

const pagesOf = (sizes: { few: number; many: number }): Variants => ({
  few: `(first: ${sizes.few})`,
  many: `(first: ${sizes.many})`,
});

function missing(name: string): never {
  throw new TypeError(`${name} pide argumentos: di en la prueba cuáles dan pocas filas y cuáles muchas`);
}

function selection(chain: readonly Step[], args: string, options: NestingOptions): string {
  const [step, ...rest] = chain;
  if (step === undefined) return '';
  const [next] = rest;
  const nextArgs = next?.isConnection ? `(first: ${options.inner})` : '';
  const node = next === undefined ? whole(step.node) : selection(rest, nextArgs, options);
  const list = step.isConnection
    ? `${step.field.name}${args} { edges { node { ${node} } } pageInfo { hasNextPage } totalCount }`
    : `${step.field.name}${args} { ${node} }`;
  if (step.through === undefined) return list;
  return `${step.through.name}${options.objects[step.path[0] ?? ''] ?? ''} { ${list} }`;
}

function rowsAt(parents: readonly unknown[], chain: readonly Step[]): readonly unknown[] {
  const [step, ...rest] = chain;
  if (step === undefined) return parents;
  const rows = parents.flatMap((parent) => {
    const holder = step.through === undefined ? parent : at(parent, step.through.name);
    const list = at(holder, step.field.name);
    if (!step.isConnection) return (list ?? []) as unknown[];
    return ((at(list, 'edges') ?? []) as unknown[]).map((edge) => at(edge, 'node'));
  });
  return rowsAt(rows, rest);
}

const at = (value: unknown, key: string): unknown =>
  value === null || value === undefined ? undefined : (value as Record<string, unknown>)[key];
