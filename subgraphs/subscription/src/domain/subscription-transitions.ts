import { DomainError } from '@farutech/kernel/errors';
import type { SubscriptionStatus } from './entitlement.ts';

/**
 * Qué puede seguir a qué. Una PENDING no se cancela: su instancia está a medias y esperaría para siempre a que
 * se activara; lo que acaba con ella es retirar la instancia. Tampoco cambia de plan: se activará con el que se pidió.
 */
const transitions = {
  PENDING: { activate: 'ACTIVE', endWithInstance: 'CANCELLED' },
  ACTIVE: { changePlan: 'ACTIVE', suspend: 'SUSPENDED', cancel: 'CANCELLED', endWithInstance: 'CANCELLED' },
  SUSPENDED: { changePlan: 'SUSPENDED', resume: 'ACTIVE', cancel: 'CANCELLED', endWithInstance: 'CANCELLED' },
  CANCELLED: {},
} as const satisfies Record<SubscriptionStatus, Partial<Record<string, SubscriptionStatus>>>;

export const transitionNames = [
  'activate',
  'changePlan',
  'suspend',
  'resume',
  'cancel',
  'endWithInstance',
] as const;
export type Transition = (typeof transitionNames)[number];

const said: Record<Transition, string> = {
  activate: 'activated',
  changePlan: 'moved to another plan',
  suspend: 'suspended',
  resume: 'resumed',
  cancel: 'cancelled',
  endWithInstance: 'ended with its instance',
};

/** A dónde lleva; undefined si de ahí no se puede. */
export const statusAfter = (
  from: SubscriptionStatus,
  transition: Transition,
): SubscriptionStatus | undefined =>
  (transitions[from] as Partial<Record<Transition, SubscriptionStatus>>)[transition];

/** Lo mismo para quien lo pide: lo que no se puede se rechaza. */
export function demandStatusAfter(
  from: SubscriptionStatus,
  transition: Transition,
  field = 'id',
): SubscriptionStatus {
  const to = statusAfter(from, transition);
  if (to !== undefined) return to;
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    `A subscription that is ${from} cannot be ${said[transition]}.`,
    field,
  );
}
