import { describe, expect, it } from 'vitest';
import type { SubscriptionStatus } from './entitlement.ts';
import {
  demandStatusAfter,
  statusAfter,
  type Transition,
  transitionNames,
} from './subscription-transitions.ts';

const statuses: readonly SubscriptionStatus[] = ['PENDING', 'ACTIVE', 'SUSPENDED', 'CANCELLED'];
const table: Record<SubscriptionStatus, Partial<Record<Transition, SubscriptionStatus>>> = {
  PENDING: { activate: 'ACTIVE', endWithInstance: 'CANCELLED' },
  ACTIVE: { changePlan: 'ACTIVE', suspend: 'SUSPENDED', cancel: 'CANCELLED', endWithInstance: 'CANCELLED' },
  SUSPENDED: { changePlan: 'SUSPENDED', resume: 'ACTIVE', cancel: 'CANCELLED', endWithInstance: 'CANCELLED' },
  CANCELLED: {},
};
const every = statuses.flatMap((from) => transitionNames.map((name) => [from, name] as const));

describe('la tabla de transiciones', () => {
  it.each(every)('de %s con %s', (from, name) => {
    const to = table[from][name];

    expect(statusAfter(from, name)).toBe(to);
    if (to !== undefined) expect(demandStatusAfter(from, name)).toBe(to);
    else {
      expect(() => demandStatusAfter(from, name)).toThrow(
        expect.objectContaining({ code: 'ILLEGAL_TRANSITION', field: 'id' }),
      );
    }
  });
});
