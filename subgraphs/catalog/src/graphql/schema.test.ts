import { readFile } from 'node:fs/promises';
import { everybody, operationsOf, unguarded } from '@farutech/subgraph/authorise';
import {
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { buildCatalogSchema } from './schema.ts';

const { schema, sdl } = await buildCatalogSchema(unwiredParts);

describe('el esquema del catálogo', () => {
  it('es el que está guardado en schema.graphql', async () => {
    expect(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(sdl);
  });

  it('no deja ninguna operación sin su línea de autorización', () => {
    expect(unguarded(schema)).toEqual([]);
  });

  it('lo lee quien esté autenticado y lo escribe PLATFORM_ADMIN', () => {
    for (const { operation, roles } of operationsOf(schema)) {
      expect(roles, operation).toEqual(operation.startsWith('Mutation.') ? ['PLATFORM_ADMIN'] : everybody);
    }
  });

  it('explica cada tipo, campo, argumento y valor a quien lo lee en el Playground', () => {
    expect(readable.filter(({ description }) => !description).map(({ path }) => path)).toEqual([]);
  });

  it('todo valor que se escribe o se lee lleva su ejemplo', () => {
    const withoutExample = readable.filter(
      ({ isValue, description }) => isValue && !/["`]|: \d/.test(description ?? ''),
    );

    expect(withoutExample.map(({ path }) => path)).toEqual([]);
    expect(readable.filter(({ isValue }) => isValue).length).toBeGreaterThan(50);
  });
});

interface Readable {
  readonly path: string;
  readonly description: string | null | undefined;
  /** Un escalar, un enumerado o un objeto de entrada: algo que una persona escribe o lee tal cual. */
  readonly isValue: boolean;
}

/** Lo que una persona lee del esquema. El chasis explica lo suyo: conexiones, escalares y entidades. */
function readableOf(schema: GraphQLSchema): readonly Readable[] {
  const chassis = /^(_|link__|PageInfo$|\w+(Connection|Edge)$)/;
  const ours = Object.values(schema.getTypeMap()).filter(
    (type) => !chassis.test(type.name) && (isObjectType(type) || isInputObjectType(type) || isEnumType(type)),
  );
  return ours.flatMap((type) => {
    const isRoot = ['Query', 'Mutation'].includes(type.name);
    const own = { path: type.name, description: isRoot ? 'raíz' : type.description, isValue: false };
    if (isEnumType(type)) return [own, ...type.getValues().map((value) => readableValue(type.name, value))];
    if (!isObjectType(type) && !isInputObjectType(type)) return [own];
    const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(
      type.getFields(),
    );
    return [
      own,
      ...fields.filter(({ name }) => !name.startsWith('_')).flatMap((f) => readableField(type, f)),
    ];
  });
}

const readableValue = (type: string, { name, description }: GraphQLEnumValue): Readable => ({
  path: `${type}.${name}`,
  description,
  isValue: false,
});

function readableField(
  type: GraphQLNamedType,
  field: GraphQLField<unknown, unknown> | GraphQLInputField,
): Readable[] {
  const args = 'args' in field ? field.args : [];
  return [field, ...args].map((part) => ({
    path: part === field ? `${type.name}.${field.name}` : `${type.name}.${field.name}(${part.name})`,
    description: part.description,
    isValue: isLeafType(getNamedType(part.type)) || isInputObjectType(getNamedType(part.type)),
  }));
}

const readable = readableOf(schema);
