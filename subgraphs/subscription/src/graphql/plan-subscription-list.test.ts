import { reachOf, type Viewer } from '@farutech/kernel/viewer';
import { graphql } from 'graphql';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { sha256 } from '../digest.ts';
import { planPreview } from '../persistence/queries/plan-preview.ts';
import { planSubscriptionList } from '../persistence/queries/plan-subscription-list.ts';
import { subscriptionLoaders } from '../persistence/queries/subscription-loaders.ts';
import { createReaction, createUnitOfWork } from '../persistence/unit-of-work.ts';
import { deliver } from '../testing/deliver.ts';
import { after, grupoExito, id, planFact, provisionedFact, requestedFact } from '../testing/facts.ts';
import { childApp, customerWith, staffWith } from '../testing/subscription-client.ts';
import { type Counted, countedPrisma, freshSubscriptionDatabase } from '../testing/subscription-database.ts';
import { unheardAnswers } from '../testing/unheard-answers.ts';
import { cancelSubscription } from '../use-cases/cancel-subscription.ts';
import { suspendSubscription } from '../use-cases/suspend-subscription.ts';
import type { SubscriptionContext } from './context.ts';
import { buildSubscriptionSchema } from './schema.ts';

const other = id('c', 2);
const admin = staffWith('PLATFORM_ADMIN');
const { schema } = await buildSubscriptionSchema(unheardAnswers);
let postgres: TestPostgres;
let counted: Counted;
let now = after(100);
const clock = () => now;

const writing = () => ({ prisma: counted.prisma, newId: v7, clock });
const parts = () => ({ unitOfWork: createUnitOfWork(writing()), newId: v7, clock });

/** Siete vendidas, una por milisegundo: las pares de Éxito, las impares del otro; la 6 aún no se activó. */
beforeAll(async () => {
  postgres = await startTestPostgres();
  counted = countedPrisma(await freshSubscriptionDatabase(postgres, 'list'));
  const hear = (event: ReturnType<typeof planFact>) =>
    deliver({ react: createReaction(writing()), newId: v7, clock }, { messageId: v7(), event });
  await hear(planFact());
  await hear(planFact({ planId: id('b', 2), version: 2 }));
  for (let n = 0; n < 7; n += 1) {
    const instanceId = id('e', n);
    now = after(100 + n);
    const expiresAt = n < 3 ? after(5_000 + n).toISOString() : null;
    const sold = { instanceId, customerId: n % 2 === 0 ? grupoExito : other, expiresAt };
    await hear(requestedFact(n === 5 ? { ...sold, planId: id('b', 2), planVersion: 2 } : sold));
    if (n !== 6) await hear(provisionedFact({ instanceId }));
  }
  const cause = { actor: 'billing', correlationId: id('7', 1) };
  const of = async (n: number) => {
    const row = await counted.prisma.planSubscription.findUniqueOrThrow({
      where: { tenantInstanceId: id('e', n) },
    });
    return { id: row.id, reason: 'Mora' };
  };
  const reach = { kind: 'everything' } as const;
  await suspendSubscription(parts(), cause, await of(1));
  await cancelSubscription(parts(), cause, { ...(await of(2)), reach, effectiveAt: after(2_000) });
  now = after(1_000);
}, 60_000);
afterAll(async () => {
  await counted.prisma.$disconnect();
  await postgres.close();
});

async function ask(selection: string, variables: object = {}, viewer: Viewer = admin) {
  const reach = reachOf(viewer);
  const context: SubscriptionContext = {
    viewer,
    correlationId: id('7', 1),
    log: quietLog('list'),
    reach,
    loaders: subscriptionLoaders(counted.prisma, reach, clock),
    list: planSubscriptionList(counted.prisma, reach, clock),
    previewPlan: planPreview(counted.prisma, clock, sha256),
    parts: parts(),
    digest: sha256,
    auditRefusal: async () => undefined,
  };
  const source = `query ($first: Int = 50, $after: String, $filter: PlanSubscriptionFilter) {
    planSubscriptions(first: $first, after: $after, filter: $filter) { ${selection} } }`;
  return await graphql({ schema, source, variableValues: { ...variables }, contextValue: context });
}

interface Listed {
  readonly edges: readonly { readonly node: { readonly instance: { readonly id: string } } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

async function listed(variables: object = {}, viewer: Viewer = admin): Promise<Listed> {
  const selection = 'edges { node { instance { id } } } pageInfo { hasNextPage endCursor } totalCount';
  const { data, errors } = await ask(selection, variables, viewer);
  expect(errors).toBeUndefined();
  return data?.planSubscriptions as Listed;
}
const numbers = ({ edges }: Listed): readonly number[] =>
  edges.map(({ node }) => Number.parseInt(node.instance.id.slice(-3), 16));

describe('la lista de suscripciones', () => {
  it('va de la más nueva a la más antigua, página a página, sin repetir ni saltar', async () => {
    const seen: number[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const page: Listed = await listed({ first: 3, after });
      expect(page.totalCount).toBe(7);
      seen.push(...numbers(page));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }

    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it.each<[string, object, readonly number[]]>([
    ['de un cliente', { customerId: other }, [5, 3, 1]],
    ['de un plan', { planCode: 'VET_PROFESSIONAL' }, [6, 5, 4, 3, 2, 1, 0]],
    ['de una versión de un plan', { planCode: 'VET_PROFESSIONAL', planVersion: 2 }, [5]],
    ['de un plan que no hay', { planCode: 'VET_GOLD' }, []],
    ['suspendidas', { status: 'SUSPENDED' }, [1]],
    ['por activar', { status: 'PENDING' }, [6]],
    ['activas de un cliente', { status: 'ACTIVE', customerId: other }, [5, 3]],
    ['que vencen antes de un instante, sin incluirlo', { expiresBefore: after(5_002).toISOString() }, [1, 0]],
  ])('%s', async (_name, filter, expected) => {
    const page = await listed({ filter });

    expect(numbers(page)).toEqual(expected);
    expect(page.totalCount).toBe(expected.length);
  });

  it('la cancelada con fecha sale como cancelada desde su instante, sin que nadie corra', async () => {
    expect(numbers(await listed({ filter: { status: 'CANCELLED' } }))).toEqual([]);

    now = after(2_000);
    expect(numbers(await listed({ filter: { status: 'CANCELLED' } }))).toEqual([2]);
    now = after(1_000);
  });

  it('cada cual ve lo suyo', async () => {
    expect(numbers(await listed({}, customerWith('CUSTOMER_VIEWER', other)))).toEqual([5, 3, 1]);
    expect(numbers(await listed({ filter: { customerId: other } }, customerWith('CUSTOMER_ADMIN')))).toEqual(
      [],
    );
    expect(numbers(await listed({}, childApp(id('e', 4))))).toEqual([4]);
    expect(numbers(await listed({}, childApp('no-es-un-uuid')))).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ['ninguna', { first: 0 }, 'VALIDATION_FAILED', 'first'],
    ['demasiadas', { first: 101 }, 'VALIDATION_FAILED', 'first'],
    ['tras un cursor inventado', { after: 'x' }, 'INVALID_CURSOR', 'after'],
    ['de un cliente que no es un id', { filter: { customerId: 'éxito' } }, 'VALIDATION_FAILED', 'customerId'],
  ])('pedir %s se rechaza', async (_name, variables, code, field) => {
    const { errors } = await ask('totalCount', variables);

    expect(errors?.[0]?.originalError).toMatchObject({ code, field });
  });

  it('cuesta una sentencia; contar, otra; y lo que cuelga, una por clase aunque haya muchas', async () => {
    const cost = (selection: string, first: number) => counted.statementsIn(() => ask(selection, { first }));
    const nested = 'edges { node { status scheduledChanges { kind } featureOverrides { featureCode } } }';

    expect(await cost('edges { node { status plan { id } } }', 7)).toHaveLength(1);
    expect(await cost('totalCount edges { cursor }', 7)).toHaveLength(2);
    expect(await cost(nested, 2)).toHaveLength(3);
    expect(await cost(nested, 7)).toHaveLength(3);
  });

  it('lo que está por venir se lee por fecha, y nada después de una cancelación', async () => {
    const { data } = await ask(
      'edges { node { instance { id } scheduledChanges { kind effectiveAt requestedBy } } }',
    );
    if (data == null) throw new TypeError('sin respuesta');
    const { edges } = data.planSubscriptions as {
      edges: { node: { instance: { id: string }; scheduledChanges: object[] } }[];
    };
    const of = (n: number) =>
      edges.find(({ node }) => node.instance.id === id('e', n))?.node.scheduledChanges;

    expect(of(0)).toMatchObject([{ kind: 'EXPIRY', requestedBy: 'contract' }]);
    expect(of(2)).toMatchObject([{ kind: 'CANCELLATION', requestedBy: 'billing' }]);
    expect(of(4)).toEqual([]);
  });
});
