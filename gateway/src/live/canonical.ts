import {
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionNode,
  type TypeNode,
  visit,
} from 'graphql';
import { fragmentsOf } from './root-field.ts';

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });

const withoutArgument = (field: FieldNode, name: string | null): FieldNode => ({
  ...field,
  arguments: (field.arguments ?? []).filter((argument) => argument.name.value !== name),
});

interface Reached {
  readonly variables: ReadonlySet<string>;
  readonly fragments: readonly FragmentDefinitionNode[];
}

/** Qué variables y fragmentos usa de verdad ese campo. */
function reach(field: FieldNode, known: ReadonlyMap<string, FragmentDefinitionNode>): Reached {
  const variables = new Set<string>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  const walk = (node: ASTNode): void => {
    visit(node, {
      Variable(variable) {
        variables.add(variable.name.value);
      },
      FragmentSpread({ name }) {
        const fragment = known.get(name.value);
        if (fragment === undefined || fragments.has(name.value)) return;
        fragments.set(name.value, fragment);
        walk(fragment);
      },
    });
  };
  walk(field);
  return { variables, fragments: [...fragments.values()] };
}

function documentOf(
  operation: OperationDefinitionNode,
  field: FieldNode,
  known: ReadonlyMap<string, FragmentDefinitionNode>,
): Omit<CanonicalSubscription, 'text'> {
  const { variables, fragments } = reach(field, known);
  const definitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    variables.has(variable.name.value),
  );
  const only: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.SUBSCRIPTION,
    ...(operation.name && { name: operation.name }),
    variableDefinitions: definitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
  return {
    document: { kind: Kind.DOCUMENT, definitions: [only, ...fragments] },
    operation: only,
    root: field,
    fragments,
    variables: definitions.map(({ variable }) => variable.name.value),
  };
}

export interface CanonicalSubscription {
  /** Lo pedido, sin `after`: con él se da forma a cada marco. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly root: FieldNode;
  readonly fragments: readonly FragmentDefinitionNode[];
  /** Las variables que siguen teniendo uso, en el orden en que se declararon. */
  readonly variables: readonly string[];
  /** Iguales para dos documentos que piden lo mismo, sea cual sea su nombre o su `after`. */
  readonly text: string;
}

export function canonical(
  source: DocumentNode,
  operation: OperationDefinitionNode,
  root: FieldNode,
  afterArgument: string | null,
): CanonicalSubscription {
  const made = documentOf(operation, withoutArgument(root, afterArgument), fragmentsOf(source));
  const { name: _name, ...unnamed } = made.operation;
  return { ...made, text: print({ kind: Kind.DOCUMENT, definitions: [unnamed, ...made.fragments] }) };
}

export interface Resumption {
  readonly argument: string;
  readonly argumentType: TypeNode;
  readonly cursorField: string;
}

export interface ResumableSubscription {
  readonly document: DocumentNode;
  readonly afterVariable: string;
  readonly cursorKey: string;
}

/** El mismo documento, que además dice desde dónde seguir y pide el cursor de cada suceso. */
export function resumable(plain: CanonicalSubscription, resumption: Resumption): ResumableSubscription {
  // El cliente puede haber elegido cualquier nombre: se alarga hasta que no esté en su texto.
  let suffix = '';
  while (plain.text.includes(`__after${suffix}`) || plain.text.includes(`__cursor${suffix}`)) suffix += '_';
  const afterVariable = `__after${suffix}`;
  const cursorKey = `__cursor${suffix}`;
  const variable = { kind: Kind.VARIABLE, name: nameNode(afterVariable) } as const;
  const after: ArgumentNode = { kind: Kind.ARGUMENT, name: nameNode(resumption.argument), value: variable };
  const cursor: SelectionNode = {
    kind: Kind.FIELD,
    alias: nameNode(cursorKey),
    name: nameNode(resumption.cursorField),
  };
  const { operation, root, fragments } = plain;
  const rewritten: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [
      ...(operation.variableDefinitions ?? []),
      { kind: Kind.VARIABLE_DEFINITION, variable, type: resumption.argumentType },
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        {
          ...root,
          arguments: [...(root.arguments ?? []), after],
          selectionSet: {
            kind: Kind.SELECTION_SET,
            selections: [...(root.selectionSet?.selections ?? []), cursor],
          },
        },
      ],
    },
  };
  return {
    document: { kind: Kind.DOCUMENT, definitions: [rewritten, ...fragments] },
    afterVariable,
    cursorKey,
  };
}
