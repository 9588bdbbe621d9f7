import { readFileSync } from 'node:fs';
import {
  type GraphQLArgument,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, it } from 'vitest';
import { loadSupergraph } from '../../gateway/src/live/supergraph.ts';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

const { apiSchema } = loadSupergraph(
  readFileSync(new URL('../../gateway/supergraph.graphql', import.meta.url), 'utf8'),
);
/** De Query, Mutation y Subscription se lee cada operación; ellas mismas no dicen nada a nadie. */
const roots = new Set(['Query', 'Mutation', 'Subscription']);

const named = (place: string, { description }: Described): Described => ({ name: place, description });

const argumentsOf = (place: string, args: readonly GraphQLArgument[]): Described[] =>
  args.map((arg) => named(`${place}(${arg.name})`, arg));

/** Todo lo que una persona lee en el Playground: tipos, campos, argumentos y entradas. */
const everything: readonly Described[] = Object.values(apiSchema.getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap((type) => {
    const own = roots.has(type.name) ? [] : [named(type.name, type)];
    if (isObjectType(type)) {
      const fields = Object.values(type.getFields()).flatMap((field) => {
        const place = `${type.name}.${field.name}`;
        return [named(place, field), ...argumentsOf(place, field.args)];
      });
      return [...own, ...fields];
    }
    if (isInputObjectType(type)) {
      return [
        ...own,
        ...Object.values(type.getFields()).map((part) => named(`${type.name}.${part.name}`, part)),
      ];
    }
    if (isEnumType(type) || isScalarType(type)) return own;
    throw new TypeError(`no se sabe leer ${type.name}: hay una clase de tipo nueva`);
  });

it('cada tipo, campo, argumento y entrada de la API dice qué es', () => {
  const silent = everything.filter(({ description }) => (description ?? '').trim() === '');

  expect(everything.length).toBeGreaterThan(200);
  expect(silent.map(({ name }) => name)).toEqual([]);
});

it('una descripción es una frase para quien lee, no el nombre del campo otra vez', () => {
  const words = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  const echoes = everything.filter(({ name, description }) => {
    const last = name.replace(/[()]/g, ' ').trim().split(/[. ]/).at(-1) ?? '';
    return ['', 'the', 'its', 'an', 'a'].some(
      (article) => words(description ?? '-') === `${article}${words(last)}`,
    );
  });

  expect(echoes.map(({ name }) => name)).toEqual([]);
});
