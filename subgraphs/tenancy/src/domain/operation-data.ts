import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';

type Entry = DataOf<typeof tenantInstanceStatusChanged>;
export type OperationSnapshot = NonNullable<Entry['operation']>;
export type OperationKind = OperationSnapshot['kind'];
export type OperationState = OperationSnapshot['state'];
export type ReportedStep = NonNullable<Entry['step']>;
export type Failure = NonNullable<OperationSnapshot['failure']>;

export interface OperationStepState {
  readonly ord: number;
  readonly name: string;
  readonly state: ReportedStep['state'];
  readonly attempt: number;
  readonly detail: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Una orden tal como se le dio al trabajador: con qué contrato y con qué datos. */
export interface ToldOrder {
  readonly name: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** La orden con que empezó la operación, cuando esta es la decisión sobre un traslado. */
  readonly after?: ToldOrder;
}

export interface OperationData {
  readonly id: string;
  readonly instanceId: string;
  readonly customerId: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly failure: Failure | null;
  readonly correlationId: string;
  readonly requestNo: number;
  readonly lastFact: number;
  readonly epoch: number;
  /** Cuándo llegó el último hecho: lo que mira el barrendero. */
  readonly movedAt: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Cuándo se confirma solo un traslado que espera. */
  readonly confirmBy: Date | null;
  /** La última que se dio por ella; null en las de antes de que se guardara. */
  readonly order: ToldOrder | null;
  /** Las veces que el barrendero ha vuelto a dar la orden, y la última. */
  readonly rung: number;
  readonly rungAt: Date | null;
  readonly steps: readonly OperationStepState[];
}
