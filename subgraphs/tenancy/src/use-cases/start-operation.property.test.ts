import { DomainError } from '@farutech/kernel/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceTransitions } from '../domain/instance-transitions.ts';
import type { OperationData } from '../domain/operation-data.ts';
import {
  compensatedFact,
  failedFact,
  homeMovedFact,
  preparedFact,
  succeededFact,
  waitsFact,
} from '../testing/builders.ts';
import { livingWorld } from '../testing/living-world.ts';

const asked = fc.constantFrom(
  'suspend',
  'resume',
  'decommission',
  'move',
  'migrate',
  'confirm',
  'revert',
  'retry',
);
const done = fc.constantFrom('succeeds', 'fails', 'compensates');
const anything = fc.array(fc.oneof({ weight: 3, arbitrary: asked }, { weight: 2, arbitrary: done }), {
  maxLength: 30,
});

const busy = ['SCHEDULED', 'RUNNING', 'COMPENSATING'];
type World = Awaited<ReturnType<typeof livingWorld>>;

/** Lo que haría quien pide: sobre la instancia, o sobre la última operación que venga al caso. */
async function ask({ act, tables }: World, what: string): Promise<boolean> {
  const last = tables.operations.at(-1)?.id ?? '';
  const waiting = tables.operations.find(({ state }) => state === 'AWAITING_CONFIRMATION')?.id ?? last;
  const failed = tables.operations.findLast(({ state }) => state === 'FAILED')?.id ?? last;
  const requests: Readonly<Record<string, () => Promise<unknown>>> = {
    suspend: () => act.suspend(),
    resume: () => act.resume(),
    decommission: () => act.decommission(),
    move: () => act.move(tables.instances[0]?.databaseTier === 'STANDARD' ? 'ENTERPRISE' : 'STANDARD'),
    migrate: () => act.migrate(),
    confirm: () => act.confirm(waiting),
    revert: () => act.revert(waiting),
    retry: () => act.retry(failed),
  };
  try {
    await requests[what]?.();
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** Lo que contaría el trabajador de la operación que tiene entre manos, si tiene alguna. */
async function work({ apply, tables, target, home }: World, outcome: string): Promise<void> {
  const operation = tables.operations.find(({ state }) => busy.includes(state));
  if (operation === undefined) return;
  let n = operation.lastFact;
  const next = () => {
    n += 1;
    return { ...target(operation.id), n };
  };
  if (outcome === 'fails') return await apply(failedFact(next()));
  const moves = operation.kind === 'MOVE_TIER';
  const elsewhere = moves && isMoved(operation, home().databaseTier);
  if (outcome === 'compensates' || operation.state === 'COMPENSATING') {
    if (elsewhere) await apply(homeMovedFact(next(), home().epoch + 1, from(operation)));
    return await apply(compensatedFact(next()));
  }
  if (!moves || isDecided(operation)) return await apply(succeededFact(next()));
  await apply(preparedFact(next(), to(operation)));
  if (!elsewhere) await apply(homeMovedFact(next(), home().epoch + 1, to(operation)));
  await apply(waitsFact(next()));
}

type Tier = 'STANDARD' | 'ENTERPRISE';
const own = ({ order }: OperationData) => (order?.after ?? order)?.data ?? {};
const to = (operation: OperationData): Tier => (own(operation).to === 'STANDARD' ? 'STANDARD' : 'ENTERPRISE');
const from = (operation: OperationData): Tier => (to(operation) === 'STANDARD' ? 'ENTERPRISE' : 'STANDARD');
const isMoved = (operation: OperationData, tier: Tier): boolean => tier === to(operation);
const isDecided = ({ order }: OperationData): boolean => order?.after !== undefined;

describe('pídase lo que se pida y acabe como acabe', () => {
  it('nunca hay dos operaciones en marcha, ni dos casas, y los estados siguen su tabla', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (story) => {
        const world = await livingWorld();
        const { tables, orders } = world;
        let accepted = 0;
        for (const what of story) {
          const before = tables.operations;
          if (await ask(world, what)) accepted += before === tables.operations ? 0 : 1;
          await work(world, what);

          const atWork = tables.operations.filter(({ state }) => busy.includes(state));
          expect(atWork.length).toBeLessThanOrEqual(1);
          const waiting = tables.operations.filter(({ state }) => state === 'AWAITING_CONFIRMATION');
          expect(waiting.length).toBeLessThanOrEqual(1);
          for (const { confirmBy } of waiting) expect(confirmBy).not.toBeNull();
          const [instance] = tables.instances;
          expect(tables.homes).toHaveLength(instance?.status === 'DECOMMISSIONED' ? 0 : 1);
          for (const { databaseTier } of tables.homes) expect(databaseTier).toBe(instance?.databaseTier);
        }

        const { feed } = tables;
        expect(feed.map(({ version }) => version)).toEqual(feed.map((_, index) => index + 1));
        for (const [index, { status, statusChanged }] of feed.entries()) {
          const earlier = feed[index - 1]?.status;
          if (earlier === undefined) continue;
          expect(statusChanged).toBe(status !== earlier);
          if (statusChanged) expect(Object.values(instanceTransitions[earlier])).toContain(status);
        }
        // De cada petición aceptada sale al menos su orden: sin ella nadie haría nada.
        expect(orders().length).toBeGreaterThanOrEqual(accepted);
        const moved = tables.homes.every(({ other }) => other !== null);
        const open = tables.operations.some(
          ({ kind, state }) => kind === 'MOVE_TIER' && !['SUCCEEDED', 'COMPENSATED'].includes(state),
        );
        if (tables.homes.length > 0 && moved) expect(open).toBe(true);
      }),
      { numRuns: 120 },
    );
  });
});
