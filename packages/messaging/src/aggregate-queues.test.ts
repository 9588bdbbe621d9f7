import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AggregateQueues } from './aggregate-queues.ts';

describe('colas por agregado', () => {
  it('sea cual sea la llegada: orden dentro del agregado, nunca dos a la vez en él ni más del límite en total ni de una vez', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(4) }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (works, concurrency, most) => {
          const done: [string, number][] = [];
          const busy: string[] = [];
          let broken = '';
          const queues = new AggregateQueues<{ id: string; turns: number; index: number }>(
            concurrency,
            most,
            async (items) => {
              const id = items[0]?.id ?? '';
              if (items.length > most) broken = 'más de los que caben de una vez';
              if (items.some((item) => item.id !== id)) broken = 'de varios agregados de una vez';
              if (busy.includes(id)) broken = `dos a la vez en ${id}`;
              busy.push(id);
              if (busy.length > concurrency) broken = 'más del límite';
              for (const { turns, index } of items) {
                for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
                done.push([id, index]);
              }
              busy.splice(busy.indexOf(id), 1);
            },
          );
          works.forEach(({ id, turns }, index) => {
            queues.add(id, { id, turns, index });
          });
          while (queues.held > 0) await queues.changed();

          expect(broken).toBe('');
          expect(done).toHaveLength(works.length);
          for (const id of ['a', 'b', 'c', 'd']) {
            const order = done.filter(([one]) => one === id).map(([, index]) => index);
            expect(order).toEqual(order.toSorted((a, b) => a - b));
          }
        },
      ),
    );
  });

  it('un agregado con mucho trabajo no deja sin sitio a los demás', async () => {
    const done: string[] = [];
    const queues = new AggregateQueues<string>(1, 1, async (names) => void done.push(...names));
    for (let n = 1; n <= 5; n += 1) queues.add('grande', `grande-${n}`);
    queues.add('chico', 'chico');
    while (queues.held > 0) await queues.changed();

    expect(done.indexOf('chico')).toBeLessThan(2);
  });
});
