import { OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceTransitions } from '../domain/instance-transitions.ts';
import { operationTransitions } from '../domain/operation-transitions.ts';
import {
  compensatedFact,
  failedFact,
  idOf,
  operatorCause,
  provisionedFact,
  stepFact,
  vetProfessional,
} from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { activateSubscription } from './activate-subscription.ts';
import type { OperationFact } from './apply-operation-fact.ts';

type Kind = 'step' | 'undo' | 'provisioned' | 'failed' | 'compensated';
type Told = { readonly kind: Kind | 'subscription'; readonly n: number; readonly epoch: number };

const kinds = fc.constantFrom<Kind | 'subscription'>(
  'step',
  'step',
  'undo',
  'provisioned',
  'failed',
  'compensated',
  'subscription',
);
const anything = fc.array(
  fc.record({ kind: kinds, n: fc.integer({ min: 1, max: 6 }), epoch: fc.integer({ min: 1, max: 3 }) }),
  { maxLength: 25 },
);

const factOf: Record<Kind, (numbered: Parameters<typeof provisionedFact>[0]) => OperationFact> = {
  step: (at) => stepFact(at, 'create-database'),
  undo: (at) => stepFact(at, 'create-database', { state: 'UNDONE' }, 'COMPENSATING'),
  provisioned: provisionedFact,
  failed: (at) => failedFact(at),
  compensated: compensatedFact,
};

async function world() {
  const { sell, apply, parts, tables, customer } = await sellingWorld();
  const instanceId = (await sell()).id;
  const operationId = tables.operations[0]?.id ?? '';
  let delivery = 0;

  /** Lo que haría el consumidor: lo adelantado y lo imposible se apartan, lo demás se aplica. */
  async function deliver({ kind, n, epoch }: Told): Promise<'applied' | 'early' | 'refused'> {
    delivery += 1;
    const messageId = `m${delivery}`;
    try {
      if (kind === 'subscription') {
        const { planId, code: planCode, version: planVersion, maxUsers } = vetProfessional;
        const fact = { subscriptionId: idOf(1), instanceId, customerId: customer.id, planId, planCode };
        const rest = { planVersion, maxUsers, activatedAt: '2026-03-01T10:00:08.000Z' };
        await activateSubscription(parts, { ...operatorCause, messageId }, { ...fact, ...rest });
      } else {
        await apply(factOf[kind]({ instanceId, operationId, n, epoch }), messageId);
      }
      return 'applied';
    } catch (error) {
      if (error instanceof OutOfOrderError) return 'early';
      if (error instanceof PermanentError) return 'refused';
      throw error;
    }
  }
  return { tables, deliver };
}

describe('lleguen como lleguen los hechos', () => {
  it('las versiones son densas y los estados siguen las tablas de transición', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (told) => {
        const { tables, deliver } = await world();

        for (const one of told) await deliver(one);

        const { feed, instances } = tables;
        expect(feed.map(({ version }) => version)).toEqual(feed.map((_, index) => index + 1));
        expect(instances[0]).toMatchObject({ version: feed.length, status: feed.at(-1)?.status });
        for (const [index, entry] of feed.entries()) {
          const before = feed[index - 1];
          if (before === undefined) continue;
          expect(entry.statusChanged).toBe(entry.status !== before.status);
          const next = Object.values(instanceTransitions[before.status]);
          if (entry.statusChanged) expect([...next, ...next.flatMap(after)]).toContain(entry.status);
          const [was, is] = [before.operation?.state, entry.operation?.state];
          if (was === undefined || is === undefined || was === is) continue;
          expect(Object.values(operationTransitions[was])).toContain(is);
        }
        const told1 = tables.outbox.filter(({ contract }) => contract.name === 'TenantInstanceStatusChanged');
        expect(told1.map(({ data }) => data)).toEqual(feed);
        const active = instances[0];
        const both = active?.provisionedAt != null && active.subscriptionActivatedAt != null;
        expect(active?.status === 'ACTIVE').toBe(both);
      }),
      { numRuns: 150 },
    );
  });

  it('barajados y repetidos dan lo mismo que en orden', async () => {
    const story: Told[] = [
      { kind: 'step', n: 1, epoch: 1 },
      { kind: 'step', n: 2, epoch: 1 },
      { kind: 'failed', n: 3, epoch: 1 },
      { kind: 'step', n: 4, epoch: 2 },
      { kind: 'provisioned', n: 5, epoch: 2 },
    ];
    const shuffled = fc.shuffledSubarray([...story, ...story], { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(shuffled, async (arrivals) => {
        const { tables, deliver } = await world();

        const queue = [...arrivals];
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          if ((await deliver(next)) === 'early') queue.push(next);
        }

        expect(tables.operations[0]).toMatchObject({ state: 'SUCCEEDED', lastFact: 5, epoch: 2 });
        expect(tables.feed.map(({ status }) => status)).toEqual([
          'PROVISIONING',
          'PROVISIONING',
          'PROVISIONING',
          'FAILED',
          'PROVISIONING',
          'PROVISIONING',
        ]);
      }),
      { numRuns: 50 },
    );
  });
});

/** Reabrir y activar caben en una sola entrada: el trabajador acabó lo que se dio por fracasado. */
const after = (status: keyof typeof instanceTransitions) => Object.values(instanceTransitions[status]);
