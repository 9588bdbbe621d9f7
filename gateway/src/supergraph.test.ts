import { promises as files } from 'node:fs';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { composeSupergraph } from './compose-supergraph.ts';
import { refuseTooComplex } from './limits/structure.ts';
import { canonical } from './live/canonical.ts';
import { compile, resumptionOf, rootDefinition } from './live/compile.ts';
import { liveDefaults } from './live/engine.ts';
import { rootFieldOf, subscriptionOf } from './live/root-field.ts';
import { loadSupergraph } from './live/supergraph.ts';

const loaded = loadSupergraph(await composeSupergraph());

function compiled(query: string) {
  const document = parse(query);
  expect(validate(loaded.apiSchema, document)).toEqual([]);
  const operation = subscriptionOf(document, undefined);
  const { field } = rootFieldOf(document, operation, {});
  const resumption = resumptionOf(rootDefinition(loaded, field), liveDefaults);
  return compile(
    loaded,
    canonical(document, operation, field, resumption?.argument ?? null),
    field,
    liveDefaults,
  );
}

describe('el supergrafo', () => {
  it('el registrado es el que componen los subgrafos', async () => {
    const committed = await files.readFile(new URL('../supergraph.graphql', import.meta.url), 'utf8');
    expect(committed).toBe(await composeSupergraph());
  });

  it('el estado en vivo de una instancia es reanudable y se une con los tres subgrafos', () => {
    const live = compiled(`subscription ($id: ID!, $after: String) {
      provisioningStatus(instanceId: $id, after: $after) {
        cursor status message step { name state }
        instance { id product { code } subscription { status plan { code } } effectiveFeatures { enabled } }
      }
    }`);
    expect(live.service).toBe('tenancy');
    expect(live.resume).toMatchObject({ afterVariable: '__after', cursorKey: '__cursor' });
    expect(live.query).toContain('after:$__after');
    expect(live.query).toContain('__cursor:cursor');
    const plan = JSON.stringify(live.perEvent);
    for (const name of ['catalog', 'subscription']) expect(plan).toContain(`"serviceName":"${name}"`);
  });

  it('la consulta anidada sobre cincuenta instancias cabe en los límites', () => {
    const query = `{ tenantInstances(first: 50) { edges { node {
      id customer { legalName } product { code name } subscription { status plan { code features: includedFeatures { code } } }
    } } pageInfo { endCursor } totalCount } }`;
    const document = parse(query);
    expect(validate(loaded.apiSchema, document)).toEqual([]);
    expect(refuseTooComplex(loaded.apiSchema, document, {})).toBeNull();
  });
});
