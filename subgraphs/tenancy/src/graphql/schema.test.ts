import { readFileSync } from 'node:fs';
import { operationsOf, unguarded } from '@farutech/subgraph/authorise';
import { describe, expect, it } from 'vitest';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { buildTenancySchema } from './schema.ts';

const { schema, sdl } = await buildTenancySchema(unwiredParts);

describe('el esquema de tenancy', () => {
  it('schema.graphql está al día; si no, se escribe con print-schema.ts', () => {
    expect(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(sdl);
  });

  it('cada operación dice quién puede', () => {
    expect(unguarded(schema)).toEqual([]);
    const roles = Object.fromEntries(
      operationsOf(schema).map(({ operation, roles: who }) => [operation, who]),
    );
    expect(roles['Mutation.registerCustomer']).toEqual(['PLATFORM_ADMIN', 'SUPPORT']);
    expect(roles['Mutation.updateCustomer']).toEqual([
      'PLATFORM_ADMIN',
      'SUPPORT',
      'BILLING',
      'CUSTOMER_ADMIN',
    ]);
    expect(roles['Mutation.deactivateCustomer']).toEqual(['PLATFORM_ADMIN', 'SUPPORT']);
    expect(roles['Query.overview']).toEqual(['PLATFORM_ADMIN', 'SUPPORT', 'BILLING']);
    expect(roles['Mutation.provisionTenantInstance']).toEqual(['PLATFORM_ADMIN', 'CUSTOMER_ADMIN']);
    for (const operation of ['suspendTenantInstance', 'resumeTenantInstance']) {
      expect(roles[`Mutation.${operation}`]).toEqual(['PLATFORM_ADMIN', 'CUSTOMER_ADMIN']);
    }
    const operators = [
      'decommissionTenantInstance',
      'moveTenantTier',
      'confirmTenantMove',
      'revertTenantMove',
    ];
    for (const operation of [...operators, 'migrateTenantSchema', 'retryOperation']) {
      expect(roles[`Mutation.${operation}`], operation).toEqual(['PLATFORM_ADMIN']);
    }
    expect(roles['Query.customers']).not.toContain('CHILD_APP');
  });
});
