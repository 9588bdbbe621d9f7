import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql';

/** Publicados en la API. Una conexión cuesta el tamaño de su página; una lista simple, 10. */
export const limits = { depth: 15, aliases: 50, cost: 10_000, bytes: 256 * 1024, tokens: 6_000 } as const;

const plainListSize = 10;
const defaultPage = 50;
const maxPage = 100;

interface Weight {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

const nothing: Weight = { depth: 0, aliases: 0, cost: 0 };

export const tooComplex = (message: string, status = 400): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status } } });

const fieldsOf = (
  type: GraphQLCompositeType | undefined,
): Readonly<Record<string, GraphQLField<unknown, unknown>>> =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};

/** Las filas de una conexión, o null si el campo no lo es. */
function pageOf(definition: GraphQLField<unknown, unknown> | undefined, first: unknown): number | null {
  const paged = definition?.args.find(({ name }) => name === 'first');
  if (paged === undefined) return null;
  const size = first ?? paged.defaultValue ?? defaultPage;
  // Fuera de 1…100 lo niega quien la resuelve; aquí solo importa que nadie gane costando menos.
  return typeof size === 'number' && size >= 1 ? Math.min(size, maxPage) : maxPage;
}

const isList = (definition: GraphQLField<unknown, unknown> | undefined): boolean =>
  definition !== undefined && isListType(getNullableType(definition.type));

/** Un objeto cuesta 1, una lista simple 10, y una conexión sus filas; lo de dentro, tantas veces como haya. */
function costOf(
  inside: number,
  name: string,
  definition: GraphQLField<unknown, unknown> | undefined,
  page: number | null,
  parentPage: number | null,
): number {
  if (page !== null) return Math.max(page, inside);
  if (parentPage !== null && name === 'edges') return parentPage * inside;
  if (parentPage !== null && name === 'nodes') return parentPage * (1 + inside);
  return (isList(definition) ? plainListSize : 1) * (1 + inside);
}

/** Pesa un documento que todavía no se ha validado: nada de lo que diga debe romperlo ni hacerlo lento. */
class Scale {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #weighed = new Map<string, Weight>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    this.#fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
  }

  operation(operation: OperationDefinitionNode): Weight {
    return this.#set(operation.selectionSet, this.schema.getRootType(operation.operation) ?? undefined);
  }

  #set(set: SelectionSetNode, type: GraphQLCompositeType | undefined, page: number | null = null): Weight {
    const total = { ...nothing };
    for (const selection of set.selections) {
      const weight = this.#selection(selection, type, page);
      total.depth = Math.max(total.depth, weight.depth);
      total.aliases += weight.aliases;
      total.cost += weight.cost;
    }
    return total;
  }

  #selection(selection: SelectionNode, type: GraphQLCompositeType | undefined, page: number | null): Weight {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection, fieldsOf(type)[selection.name.value], page);
      case Kind.INLINE_FRAGMENT:
        return this.#set(selection.selectionSet, this.#condition(selection.typeCondition) ?? type, page);
      case Kind.FRAGMENT_SPREAD:
        return this.#fragment(selection.name.value, page);
    }
  }

  #field(
    field: FieldNode,
    definition: GraphQLField<unknown, unknown> | undefined,
    parentPage: number | null,
  ): Weight {
    const aliases = field.alias === undefined ? 0 : 1;
    if (field.selectionSet === undefined) return { depth: 1, aliases, cost: 0 };
    const named = definition && getNamedType(definition.type);
    const first = field.arguments?.find(({ name }) => name.value === 'first');
    const page = pageOf(definition, first && valueFromASTUntyped(first.value, { ...this.variables }));
    const inside = this.#set(field.selectionSet, isCompositeType(named) ? named : undefined, page);
    return {
      depth: inside.depth + 1,
      aliases: inside.aliases + aliases,
      cost: costOf(inside.cost, field.name.value, definition, page, parentPage),
    };
  }

  /** Cada fragmento se pesa una vez: si no, veinte que se llaman de dos en dos serían un millón. */
  #fragment(name: string, page: number | null): Weight {
    const key = `${name} ${page}`;
    const known = this.#weighed.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    // Un ciclo se encuentra a sí mismo pesando nada: la validación lo negará.
    this.#weighed.set(key, nothing);
    if (fragment === undefined) return nothing;
    const weight = this.#set(fragment.selectionSet, this.#condition(fragment.typeCondition), page);
    this.#weighed.set(key, weight);
    return weight;
  }

  #condition(node: FragmentDefinitionNode['typeCondition'] | undefined): GraphQLCompositeType | undefined {
    const type = node && typeFromAST(this.schema, node);
    return isCompositeType(type) ? type : undefined;
  }
}

/** Los campos de introspección son del propio GraphQL y tienen su forma: no cuentan. */
export function isIntrospection(operation: OperationDefinitionNode): boolean {
  return operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
  );
}

export function refuseTooComplex(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  const scale = new Scale(schema, document, variables);
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION || isIntrospection(operation)) continue;
    const { depth, aliases, cost } = scale.operation(operation);
    if (depth > limits.depth)
      return tooComplex(`The query is ${depth} levels deep; ${limits.depth} are allowed.`);
    if (aliases > limits.aliases)
      return tooComplex(`The query has ${aliases} aliases; ${limits.aliases} are allowed.`);
    if (cost > limits.cost) return tooComplex(`The query costs ${cost}; ${limits.cost} is allowed.`);
  }
  return null;
}
