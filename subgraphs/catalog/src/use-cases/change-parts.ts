import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { UnitOfWork } from '../domain/ports.ts';

/** Lo que necesita todo lo que cambia el catálogo. */
export interface ChangeParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}
