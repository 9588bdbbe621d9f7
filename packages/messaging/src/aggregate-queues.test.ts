import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AggregateQueues } from './aggregate-queues.ts';

describe('colas por agregado', () => {
  it('sea cual sea la llegada: orden dentro del agregado, nunca dos a la vez en él ni más del límite en total', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(4) }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (works, concurrency) => {
          const queues = new AggregateQueues(concurrency);
          const done: [string, number][] = [];
          const busy: string[] = [];
          let broken = '';
          works.forEach(({ id, turns }, index) => {
            queues.add(id, async () => {
              if (busy.includes(id)) broken = `dos a la vez en ${id}`;
              busy.push(id);
              if (busy.length > concurrency) broken = 'más del límite';
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              busy.splice(busy.indexOf(id), 1);
              done.push([id, index]);
            });
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
    const queues = new AggregateQueues(1);
    const done: string[] = [];
    const work = (name: string) => async (): Promise<void> => void done.push(name);
    for (let n = 1; n <= 5; n += 1) queues.add('grande', work(`grande-${n}`));
    queues.add('chico', work('chico'));
    while (queues.held > 0) await queues.changed();

    expect(done.indexOf('chico')).toBeLessThan(2);
  });
});
