import type { OperationKind } from '@farutech/contracts/provisioning';
import type { OperationRun, Step, Telling } from './step.ts';

/** Cómo se hace una clase de operación, de arriba abajo; deshacer va de abajo arriba. */
export interface OperationPlan {
  readonly kind: OperationKind;
  /** Los nombres y el orden son los del contrato. */
  readonly steps: readonly Step[];
  /** El hecho con el que acaba bien. */
  ending(run: OperationRun): Promise<Telling>;
}
