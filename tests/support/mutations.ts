import { readFileSync } from 'node:fs';
import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeNode,
} from 'graphql';

const supergraph: DocumentNode = parse(
  readFileSync(new URL('../../gateway/supergraph.graphql', import.meta.url), 'utf8'),
);

const fields = supergraph.definitions.flatMap((one): readonly FieldDefinitionNode[] =>
  one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === 'Mutation' ? (one.fields ?? []) : [],
);
const inputs = new Map(
  supergraph.definitions.flatMap((one) =>
    one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [[one.name.value, one.fields ?? []] as const] : [],
  ),
);
const enums = new Set(
  supergraph.definitions.flatMap((one) => (one.kind === Kind.ENUM_TYPE_DEFINITION ? [one.name.value] : [])),
);

export type Args = Readonly<Record<string, unknown>>;

/** Las que el supergrafo compuesto tiene hoy. */
export const mutationNames: readonly string[] = fields.map(({ name }) => name.value);

const argumentsOf = (mutation: string): readonly InputValueDefinitionNode[] =>
  fields.find(({ name }) => name.value === mutation)?.arguments ?? [];

/** La petición, con cada argumento en una variable de su tipo. */
export function documentOf(mutation: string): string {
  const args = argumentsOf(mutation);
  const variables = args.map(({ name, type }) => `$${name.value}: ${print(type)}`).join(', ');
  const given = args.map(({ name }) => `${name.value}: $${name.value}`).join(', ');
  return `mutation(${variables}) { ${mutation}(${given}) { __typename } }`;
}

export interface Breakage {
  readonly why: string;
  readonly field: string;
  /** La entrada buena con esto roto. */
  apply(right: Args): Args;
}

const isRequired = ({ type, defaultValue }: InputValueDefinitionNode): boolean =>
  type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined;

const without = (record: unknown, key: string): Args =>
  Object.fromEntries(Object.entries(record as Args).filter(([name]) => name !== key));

/** Un valor que no es de ese tipo; nada para lo que admite cualquiera. */
function alien(type: TypeNode): { readonly value: unknown } | undefined {
  if (type.kind === Kind.NON_NULL_TYPE) return alien(type.type);
  if (type.kind === Kind.LIST_TYPE) return undefined;
  const name = type.name.value;
  if (inputs.has(name)) return { value: 'texto' };
  if (enums.has(name)) return { value: 'NADA' };
  const values: Record<string, unknown> = {
    ID: { de: 'nadie' },
    String: 7,
    Int: 'muchos',
    Boolean: 'quizá',
    DateTime: 'ayer',
    Decimal: 'mucho',
  };
  return name in values ? { value: values[name] } : undefined;
}

function breakagesOfPart(
  part: InputValueDefinitionNode,
  inside: (change: (record: unknown) => Args, right: Args) => Args,
): Breakage[] {
  const field = part.name.value;
  const broken: Breakage[] = [];
  if (isRequired(part)) {
    broken.push({ why: 'falta', field, apply: (right) => inside((record) => without(record, field), right) });
  }
  const wrong = alien(part.type);
  if (wrong !== undefined) {
    const put = (record: unknown): Args => ({ ...(record as Args), [field]: wrong.value });
    broken.push({ why: `es ${JSON.stringify(wrong.value)}`, field, apply: (right) => inside(put, right) });
  }
  return broken;
}

/** Cada parte que falta y cada valor de otro tipo, según el propio esquema: lo que no llega a ningún subgrafo. */
export function breakagesOf(mutation: string): readonly Breakage[] {
  return argumentsOf(mutation).flatMap((argument) => {
    const own = breakagesOfPart(argument, (change, right) => change(right));
    const name = argument.name.value;
    const parts = inputs.get(print(argument.type).replace(/[![\]]/g, '')) ?? [];
    if (print(argument.type).startsWith('[')) return own;
    return [
      ...own,
      ...parts.flatMap((part) =>
        breakagesOfPart(part, (change, right) => ({ ...right, [name]: change(right[name]) })),
      ),
    ];
  });
}
