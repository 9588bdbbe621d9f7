import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { UnitOfWork } from '../domain/ports.ts';

/** Lo que necesita quien cambia una suscripción. */
export interface SubscriptionChangeParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}
