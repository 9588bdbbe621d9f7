import { readFile } from 'node:fs/promises';
import { everybody, operationsOf, unguarded } from '@farutech/subgraph/authorise';
import { type GraphQLField, type GraphQLInputField, isInputObjectType, isObjectType } from 'graphql';
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

  it('explica cada tipo, campo y argumento a quien lo lee en el Playground', () => {
    const chassis = /^(_|PageInfo$|\w+(Connection|Edge)$)/;
    const silent = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (chassis.test(type.name) || (!isObjectType(type) && !isInputObjectType(type))) return [];
      const fields: readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(
        type.getFields(),
      );
      return fields
        .filter(({ name }) => !name.startsWith('_'))
        .flatMap((field) => {
          const args = 'args' in field ? field.args : [];
          return [field, ...args]
            .filter(({ description }) => !description)
            .map(({ name }) => `${type.name}.${field.name} (${name})`);
        });
    });

    expect(silent).toEqual([]);
  });
});
