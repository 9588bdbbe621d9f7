import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Role, Viewer } from '@farutech/kernel/viewer';
import type { KnownPlan, KnownProduct } from '../domain/known-plan.ts';
import type { Failure } from '../domain/operation-data.ts';
import type { OperationFact } from '../use-cases/apply-operation-fact.ts';
import type { ProvisionTenantInstanceInput } from '../use-cases/provision-tenant-instance.ts';
import type { RegisterCustomerInput } from '../use-cases/register-customer.ts';

export const moveWarmMs = 86_400_000;

/** Un UUID legible: el número, al final. */
export const idOf = (number: number): string =>
  `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

export function countedIds(from = 1): NewId {
  let next = from;
  return () => idOf(next++);
}

/** Avanza un segundo cada vez que se mira. */
export function tickingClock(start = '2026-03-01T10:00:00.000Z'): Clock {
  let now = Date.parse(start) - 1_000;
  return () => {
    now += 1_000;
    return new Date(now);
  };
}

export const vet: KnownProduct = {
  productId: idOf(0xa001),
  code: 'FARUTECH_VET',
  name: 'Farutech Vet',
  revision: 1,
};

export const vetProfessional: KnownPlan = {
  planId: idOf(0xb001),
  code: 'VET_PROFESSIONAL',
  version: 1,
  productId: vet.productId,
  productCode: vet.code,
  name: 'Vet Professional',
  maxUsers: 25,
  publishedAt: new Date('2026-01-01T00:00:00.000Z'),
  retiredAt: null,
};

export const operatorCause: Cause = { actor: 'operator', correlationId: idOf(0xc001) };

export const viewerOf = (role: Role, rest: Partial<Viewer> = {}): Viewer => ({
  sub: 'operator',
  roles: [role],
  tenantId: null,
  instanceIds: [],
  ...rest,
});

export const exito: RegisterCustomerInput = {
  legalName: 'Almacenes Éxito S.A.',
  taxId: '890.900.608-9',
  billingEmail: 'Facturas@exito.test',
  country: 'CO',
};

export const norte = (
  customerId: string,
  rest: Partial<ProvisionTenantInstanceInput> = {},
): ProvisionTenantInstanceInput => ({
  customerId,
  productCode: 'FARUTECH_VET',
  planCode: 'VET_PROFESSIONAL',
  instanceCode: 'norte',
  databaseTier: 'STANDARD',
  ...rest,
});

interface Target {
  readonly operationId: string;
  readonly instanceId: string;
}

interface Numbered extends Target {
  readonly n: number;
  readonly epoch?: number;
}

type StepOf = Extract<OperationFact, { kind: 'OperationStepChanged' }>['data']['step'];

export const stepFact = (
  { epoch = 1, ...numbered }: Numbered,
  name: string,
  rest: Partial<StepOf> = {},
  operationState: 'RUNNING' | 'COMPENSATING' = 'RUNNING',
): OperationFact => ({
  kind: 'OperationStepChanged',
  data: {
    ...numbered,
    epoch,
    attempt: 1,
    operationState,
    step: {
      ord: 0,
      name,
      state: 'RUNNING',
      attempt: 1,
      detail: null,
      startedAt: '2026-03-01T10:00:05.000Z',
      finishedAt: null,
      ...rest,
    },
  },
});

export const provisionedFact = ({ epoch = 1, ...numbered }: Numbered): OperationFact => ({
  kind: 'TenantInstanceProvisioned',
  data: {
    ...numbered,
    epoch,
    attempt: 1,
    databaseId: 'shared',
    databaseTier: 'STANDARD',
    connectionCiphertext: null,
    provisionedAt: '2026-03-01T10:00:09.000Z',
  },
});

export const succeededFact = ({ epoch = 1, ...numbered }: Numbered): OperationFact => ({
  kind: 'OperationSucceeded',
  data: { ...numbered, epoch, attempt: 1, succeededAt: '2026-03-01T10:00:09.000Z' },
});

export const waitsFact = ({ epoch = 1, ...numbered }: Numbered): OperationFact => ({
  kind: 'OperationAwaitsConfirmation',
  data: { ...numbered, epoch, attempt: 1, waitsSince: '2026-03-01T10:00:09.000Z' },
});

/** Las dos casas de un inquilino, como las cuenta el trabajador. */
export const places = {
  STANDARD: { databaseId: 'shared', databaseTier: 'STANDARD', connectionCiphertext: null },
  ENTERPRISE: { databaseId: 't_norte', databaseTier: 'ENTERPRISE', connectionCiphertext: 'cifrado' },
} as const;

export const preparedFact = (
  { epoch = 1, ...numbered }: Numbered,
  to: keyof typeof places = 'ENTERPRISE',
): OperationFact => ({
  kind: 'TenantMovePrepared',
  data: { ...numbered, epoch, attempt: 1, ...places[to] },
});

export const homeMovedFact = (
  { epoch = 1, ...numbered }: Numbered,
  homeEpoch: number,
  to: keyof typeof places = 'ENTERPRISE',
): OperationFact => ({
  kind: 'TenantHomeMoved',
  data: { ...numbered, epoch, attempt: 1, ...places[to], homeEpoch, movedAt: '2026-03-01T10:00:09.000Z' },
});

export const failedFact = (
  { epoch = 1, ...numbered }: Numbered,
  step = 'create-database',
  message = 'The server is full.',
): OperationFact => ({
  kind: 'OperationFailed',
  data: {
    ...numbered,
    epoch,
    attempt: 5,
    failure: { step, code: 'DATABASE_FULL', message },
    failedAt: '2026-03-01T10:00:09.000Z',
  },
});

export const compensatedFact = (
  { epoch = 1, ...numbered }: Numbered,
  failure: Failure = {
    step: 'apply-migrations',
    code: 'MIGRATION_BROKEN',
    message: 'The migration is wrong.',
  },
): OperationFact => ({
  kind: 'OperationCompensated',
  data: {
    ...numbered,
    epoch,
    attempt: 1,
    failure,
    compensatedAt: '2026-03-01T10:00:09.000Z',
  },
});
