import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

const refusal = (message: string, code = 'GRAPHQL_VALIDATION_FAILED'): GraphQLError =>
  new GraphQLError(message, { extensions: { code } });

export function subscriptionOf(
  document: DocumentNode,
  operationName: string | undefined,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (!operation)
    throw refusal(
      operationName === undefined
        ? 'Must provide operation name if query contains multiple operations.'
        : `Unknown operation named "${operationName}".`,
      'OPERATION_RESOLUTION_FAILURE',
    );
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION)
    throw refusal('The operation is not a subscription.', 'OPERATION_RESOLUTION_FAILURE');
  return operation;
}

export const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );

function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (!node.directives?.length) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
}

export interface RootField {
  readonly field: FieldNode;
  /** Con otras variables podría ser otro. */
  readonly conditional: boolean;
}

const isConditional = (name: string): boolean => name === 'skip' || name === 'include';

/**
 * El único campo raíz, esté suelto, en un fragmento o repetido, con sus @skip y @include ya decididos: el
 * planificador haría de ellos un plan condicional, y aquí o hay suscripción o no la hay.
 */
export function rootFieldOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): RootField {
  const fragments = fragmentsOf(document);
  let conditional = false;
  const fields: FieldNode[] = [];
  const visited = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      conditional ||= selection.directives?.some(({ name }) => isConditional(name.value)) === true;
      if (!isIncluded(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  const [first] = fields;
  if (first === undefined) throw refusal('The subscription selects no field.');
  const key = (first.alias ?? first.name).value;
  if (first.name.value.startsWith('__') || fields.some((field) => (field.alias ?? field.name).value !== key))
    throw refusal('A subscription must select exactly one field, and not an introspection field.');
  const selections = fields.flatMap((field) => field.selectionSet?.selections ?? []);
  const field: FieldNode = {
    ...first,
    directives: (first.directives ?? []).filter(({ name }) => !isConditional(name.value)),
    ...(selections.length > 0 && { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
  };
  return { field, conditional };
}
