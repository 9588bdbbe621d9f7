import {
  type OperationKind,
  operationFailure,
  operationKind,
  operationOrders,
} from '@farutech/contracts/provisioning';
import type { Cause } from '@farutech/kernel/request';
import { z } from 'zod';

/** La orden con la que empieza una operación, de la clase que sea. */
export type Order = z.output<(typeof operationOrders)[OperationKind]['schema']>;
export type DatabaseTier = Order['databaseTier'];

/** Lo que acabó con una operación. `attempt` es el intento en que ocurrió: deshacer lleva su propia cuenta. */
const jobFailure = operationFailure.extend({ attempt: z.int().positive() });
export type JobFailure = z.output<typeof jobFailure>;

/** No es un fallo: alguien decidió volver a la casa de antes. */
export const moveReverted = 'MOVE_REVERTED';

const jobState = z.enum([
  'RUNNING',
  'AWAITING_CONFIRMATION',
  'COMPENSATING',
  'SUCCEEDED',
  'COMPENSATED',
  'FAILED',
]);

export const claimedRow = z
  .object({
    kind: operationKind,
    input: z.unknown(),
    state: jobState,
    epoch: z.int(),
    claims: z.int(),
    failures: z.int(),
    failure: jobFailure.nullable(),
    confirmed: z.boolean(),
    /** El número de su último hecho. */
    factNo: z.int(),
  })
  .transform(({ kind, input, ...row }) => ({
    ...row,
    kind,
    input: operationOrders[kind].schema.parse(input) as Order,
  }));

type Row = z.output<typeof claimedRow>;

/** Lo que un avance puede cambiar de un trabajo. */
export interface JobState extends Pick<Row, 'state' | 'claims' | 'failures' | 'failure'> {
  /** Se suelta hasta el próximo intento: cualquiera puede tomarlo. */
  readonly resting: boolean;
}

/** La operación es de quien tiene su época más alta, mientras dure su plazo. */
export interface Claim extends Row {
  readonly resting: boolean;
  readonly operationId: string;
  readonly cause: Cause;
  /** El intento que está en marcha, desde 1. */
  readonly attempt: number;
}

export const restingRow = z.object({
  state: jobState,
  failure: jobFailure.nullable(),
  leaseMs: z.number().nullable(),
  /** Otra anterior de la misma instancia que no ha acabado, y lo que le queda de plazo. */
  olderId: z.string().nullable(),
  olderLeaseMs: z.number().nullable(),
});

export type ClaimOutcome =
  | { readonly kind: 'mine'; readonly claim: Claim }
  /** Acabó, o espera a que se decida sobre ella. */
  | { readonly kind: 'resting'; readonly failure: JobFailure | null }
  | { readonly kind: 'busy'; readonly leaseMs: number }
  /** Otra de la misma instancia va antes, y su dueño ya no da señales. */
  | { readonly kind: 'behind'; readonly olderId: string };

/** Lo que todo hecho de una operación lleva delante. */
export interface FactHead {
  readonly operationId: string;
  readonly instanceId: string;
  readonly epoch: number;
  readonly n: number;
  readonly attempt: number;
}

/** El diario no responde: no se puede ni contar el fallo. */
export class JournalUnavailableError extends Error {
  override readonly name = 'JournalUnavailableError';
}
