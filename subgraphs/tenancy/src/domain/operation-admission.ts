import { DomainError } from '@farutech/kernel/errors';
import type { OperationKind, OperationState } from './operation-data.ts';
import type { TenantInstanceStatus } from './tenant-instance.ts';

/** Otra operación de la misma instancia, y cómo está. */
export interface Standing {
  readonly id: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
}

/** Lo que se quiere empezar, o decidir sobre un traslado que espera. */
export type Wanted = OperationKind | 'DECISION';

/** Desde qué estado de la instancia se puede pedir cada una. PROVISION solo se pide otra vez: un reintento. */
export const startsFrom: Readonly<Record<OperationKind, readonly TenantInstanceStatus[]>> = {
  PROVISION: ['FAILED'],
  SUSPEND: ['ACTIVE'],
  RESUME: ['SUSPENDED'],
  DECOMMISSION: ['ACTIVE', 'SUSPENDED', 'FAILED'],
  MOVE_TIER: ['ACTIVE', 'SUSPENDED'],
  MIGRATE_SCHEMA: ['ACTIVE', 'SUSPENDED'],
};

const everything: readonly Wanted[] = [
  'PROVISION',
  'SUSPEND',
  'RESUME',
  'DECOMMISSION',
  'MOVE_TIER',
  'MIGRATE_SCHEMA',
  'DECISION',
];
const nothing: readonly Wanted[] = [];

/** Lo que cabe al lado de una operación según su estado. FAILED depende de lo que la operación hacía. */
const besideState: Readonly<Record<Exclude<OperationState, 'FAILED'>, readonly Wanted[]>> = {
  SCHEDULED: nothing,
  RUNNING: nothing,
  COMPENSATING: nothing,
  // El traslado espera horas: mientras tanto se puede apagar y encender, que no toca los datos.
  AWAITING_CONFIRMATION: ['SUSPEND', 'RESUME', 'DECISION'],
  SUCCEEDED: everything,
  COMPENSATED: everything,
};

/**
 * Al agotar sus intentos no se deshace nada. Un traslado deja los datos entre dos bases, y una baja, la instancia a
 * medio quitar: hasta que se reintenten, otra cosa sobre esos datos los perdería.
 */
const besideFailed: Readonly<Record<OperationKind, readonly Wanted[]>> = {
  PROVISION: everything,
  SUSPEND: everything,
  RESUME: everything,
  DECOMMISSION: ['DECOMMISSION'],
  MOVE_TIER: ['SUSPEND', 'RESUME', 'DECOMMISSION'],
  MIGRATE_SCHEMA: everything,
};

export const fitsBeside = (wanted: Wanted, { kind, state }: Omit<Standing, 'id'>): boolean =>
  (state === 'FAILED' ? besideFailed[kind] : besideState[state]).includes(wanted);

/**
 * Una operación a la vez por instancia. Quien llama tiene el cerrojo de la instancia: dos peticiones a la vez pasan
 * por aquí una tras otra, y la segunda ve a la primera. `field` es el argumento que nombra a la instancia.
 */
export function admitBeside(wanted: Wanted, others: readonly Standing[], field: string): void {
  const obstacle = others.find((other) => !fitsBeside(wanted, other));
  if (obstacle === undefined) return;
  const { id, kind, state } = obstacle;
  if (state === 'FAILED') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `Operation ${id} (${kind}) failed half way: retry it first.`,
      field,
    );
  }
  throw new DomainError(
    'OPERATION_IN_PROGRESS',
    `Operation ${id} (${kind}) of this instance is ${state}: one at a time.`,
    field,
  );
}

export function admitFrom(wanted: OperationKind, status: TenantInstanceStatus, field: string): void {
  const from = startsFrom[wanted];
  if (from.includes(status)) return;
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    `This instance is ${status}; ${wanted} starts from ${from.join(', ')}.`,
    field,
  );
}
