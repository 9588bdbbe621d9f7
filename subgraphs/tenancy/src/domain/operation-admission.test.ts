import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceTransitions } from './instance-transitions.ts';
import {
  admitBeside,
  admitFrom,
  fitsBeside,
  type Standing,
  startsFrom,
  type Wanted,
} from './operation-admission.ts';
import type { OperationKind, OperationState } from './operation-data.ts';
import type { TenantInstanceStatus } from './tenant-instance.ts';

const kinds: readonly OperationKind[] = [
  'PROVISION',
  'SUSPEND',
  'RESUME',
  'DECOMMISSION',
  'MOVE_TIER',
  'MIGRATE_SCHEMA',
];
const wanted: readonly Wanted[] = [...kinds, 'DECISION'];
const states: readonly OperationState[] = [
  'SCHEDULED',
  'RUNNING',
  'AWAITING_CONFIRMATION',
  'COMPENSATING',
  'SUCCEEDED',
  'FAILED',
  'COMPENSATED',
];
const besides = (kind: OperationKind, state: OperationState): readonly Wanted[] =>
  wanted.filter((one) => fitsBeside(one, { kind, state }));

const other = (kind: OperationKind, state: OperationState): Standing => ({ id: 'la otra', kind, state });

describe('una operación a la vez por instancia', () => {
  it.each(['SCHEDULED', 'RUNNING', 'COMPENSATING'] as const)('al lado de una %s no cabe ninguna', (state) => {
    for (const kind of kinds) expect(besides(kind, state)).toEqual([]);
  });

  it('al lado de un traslado que espera se apaga, se enciende y se decide', () => {
    expect(besides('MOVE_TIER', 'AWAITING_CONFIRMATION')).toEqual(['SUSPEND', 'RESUME', 'DECISION']);
  });

  it.each([
    ['MOVE_TIER', ['SUSPEND', 'RESUME', 'DECOMMISSION']],
    ['DECOMMISSION', ['DECOMMISSION']],
    ['PROVISION', wanted],
    ['SUSPEND', wanted],
    ['RESUME', wanted],
    ['MIGRATE_SCHEMA', wanted],
  ] as const)('al lado de un %s que agotó sus intentos cabe %j', (kind, fits) => {
    expect(besides(kind, 'FAILED')).toEqual(fits);
  });

  it.each(['SUCCEEDED', 'COMPENSATED'] as const)('lo que acabó %s no estorba', (state) => {
    for (const kind of kinds) expect(besides(kind, state)).toEqual(wanted);
  });

  it('lo que estorba se nombra: en marcha es OPERATION_IN_PROGRESS; a medias, ILLEGAL_TRANSITION', () => {
    expect(() => admitBeside('SUSPEND', [other('MOVE_TIER', 'RUNNING')], 'id')).toThrow(
      expect.objectContaining({
        code: 'OPERATION_IN_PROGRESS',
        field: 'id',
        message: 'Operation la otra (MOVE_TIER) of this instance is RUNNING: one at a time.',
      }),
    );
    expect(() => admitBeside('MIGRATE_SCHEMA', [other('MOVE_TIER', 'FAILED')], 'instanceId')).toThrow(
      expect.objectContaining({ code: 'ILLEGAL_TRANSITION', field: 'instanceId' }),
    );
  });

  it('cabe si y solo si cabe al lado de cada una, estén en el orden que estén', () => {
    const standing = fc.record({
      id: fc.uuid(),
      kind: fc.constantFrom(...kinds),
      state: fc.constantFrom(...states),
    });
    fc.assert(
      fc.property(fc.constantFrom(...wanted), fc.array(standing, { maxLength: 6 }), (one, others) => {
        const admitted = (list: readonly Standing[]): boolean => {
          try {
            admitBeside(one, list, 'id');
            return true;
          } catch {
            return false;
          }
        };
        const fits = others.every((beside) => fitsBeside(one, beside));
        expect(admitted(others)).toBe(fits);
        expect(admitted(others.toReversed())).toBe(fits);
      }),
    );
  });
});

describe('desde qué estado de la instancia', () => {
  const statuses = Object.keys(instanceTransitions) as TenantInstanceStatus[];

  it.each([
    ['PROVISION', ['FAILED']],
    ['SUSPEND', ['ACTIVE']],
    ['RESUME', ['SUSPENDED']],
    ['DECOMMISSION', ['ACTIVE', 'FAILED', 'SUSPENDED']],
    ['MOVE_TIER', ['ACTIVE', 'SUSPENDED']],
    ['MIGRATE_SCHEMA', ['ACTIVE', 'SUSPENDED']],
  ] as const)('%s: %j', (kind, from) => {
    const admitted = statuses.filter((status) => {
      try {
        admitFrom(kind, status, 'id');
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ILLEGAL_TRANSITION', field: 'id' });
        return false;
      }
    });
    expect(admitted.toSorted()).toEqual(from.toSorted());
  });

  it('lo que se puede pedir se puede cumplir: la tabla de transiciones lo admite', () => {
    for (const status of startsFrom.SUSPEND) expect(instanceTransitions[status].suspend).toBe('SUSPENDED');
    for (const status of startsFrom.RESUME) expect(instanceTransitions[status].resume).toBe('ACTIVE');
    for (const status of startsFrom.DECOMMISSION) {
      expect(instanceTransitions[status].decommission).toBe('DECOMMISSIONED');
    }
    expect(instanceTransitions.DECOMMISSIONED).toEqual({});
  });
});
