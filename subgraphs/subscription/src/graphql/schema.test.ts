import { readFile } from 'node:fs/promises';
import { operationsOf, unguarded } from '@farutech/subgraph/authorise';
import { describe, expect, it } from 'vitest';
import { unheardAnswers } from '../testing/unheard-answers.ts';
import { buildSubscriptionSchema } from './schema.ts';

const { schema, sdl } = await buildSubscriptionSchema(unheardAnswers);

describe('el esquema', () => {
  it('está escrito en schema.graphql', async () => {
    const written = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');

    expect(written, 'regenerar con src/print-schema.ts').toBe(sdl);
  });

  it('cada operación dice quién puede', () => {
    expect(unguarded(schema)).toEqual([]);
    const mutations = operationsOf(schema).filter(({ operation }) => operation.startsWith('Mutation.'));
    const billing = ['PLATFORM_ADMIN', 'BILLING'];
    const customersToo = [...billing, 'CUSTOMER_ADMIN'];
    expect(mutations).toEqual([
      { operation: 'Mutation.cancelScheduledChange', roles: customersToo },
      { operation: 'Mutation.cancelSubscription', roles: customersToo },
      { operation: 'Mutation.changePlan', roles: billing },
      { operation: 'Mutation.clearFeatureOverride', roles: ['PLATFORM_ADMIN', 'SUPPORT'] },
      { operation: 'Mutation.resumeSubscription', roles: billing },
      { operation: 'Mutation.setFeatureOverride', roles: ['PLATFORM_ADMIN', 'SUPPORT'] },
      { operation: 'Mutation.suspendSubscription', roles: billing },
    ]);
  });

  it('no pide cursor ni tiempos que aún no sabe contestar', () => {
    const fields = schema.getQueryType()?.getFields();

    expect(fields?.effectiveFeatures?.args.map(({ name }) => name)).toEqual(['instanceId']);
  });
});
