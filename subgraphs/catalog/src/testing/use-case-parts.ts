import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';

export const now = new Date('2026-03-02T08:00:00.000Z');

/** Identificadores contados: los de dos pruebas no se parecen por casualidad. */
export function countedIds(): NewId {
  let last = 0;
  return () => {
    last += 1;
    return `0195a000-0000-7000-8000-${String(last).padStart(12, '0')}`;
  };
}

export const operatorCause: Cause = {
  actor: 'operator@farutech.test',
  correlationId: '0195a000-0000-7000-9000-000000000001',
};
