import type { OperationState } from './operation-data.ts';

/** Lo que cuentan los hechos, y lo que se pide: `confirm`, `revert` y `retry`. */
export type OperationAction =
  | 'work'
  | 'undo'
  | 'wait'
  | 'succeed'
  | 'fail'
  | 'compensate'
  | 'confirm'
  | 'revert'
  | 'retry';

const underWay = {
  work: 'RUNNING',
  undo: 'COMPENSATING',
  wait: 'AWAITING_CONFIRMATION',
  succeed: 'SUCCEEDED',
  fail: 'FAILED',
  compensate: 'COMPENSATED',
} as const;

/**
 * FAILED y COMPENSATED admiten hechos: el trabajador sigue tras un reintento, o tras una carta muerta que tenancy dio
 * por fracaso antes de que el trabajador hubiera dicho lo suyo. AWAITING_CONFIRMATION también: una decisión que se
 * contó otra vez puede llegarle cuando la operación, reintentada, ya vuelve a esperar.
 */
export const operationTransitions: Readonly<
  Record<OperationState, Readonly<Partial<Record<OperationAction, OperationState>>>>
> = {
  SCHEDULED: underWay,
  RUNNING: underWay,
  AWAITING_CONFIRMATION: { ...underWay, confirm: 'RUNNING', revert: 'COMPENSATING' },
  COMPENSATING: { undo: 'COMPENSATING', fail: 'FAILED', compensate: 'COMPENSATED' },
  SUCCEEDED: {},
  FAILED: { ...underWay, retry: 'SCHEDULED' },
  COMPENSATED: { work: 'RUNNING', retry: 'SCHEDULED' },
};
