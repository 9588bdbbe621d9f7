import {
  featureAdded,
  featureChanged,
  featureRetired,
  planPublished,
  planRetired,
  productChanged,
} from '@farutech/contracts/catalog';
import { type Contract, type DataOf, type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import {
  customerChanged,
  customerRegistered,
  tenantInstanceRequested,
  tenantInstanceStatusChanged,
} from '@farutech/contracts/tenancy';

/** Un UUID fijo y legible: `id('c', 1)` es c0000000-…-1. */
export const id = (kind: string, n: number): string =>
  `${kind.repeat(8).slice(0, 8)}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const farutechVet = id('a', 1);
export const grupoExito = id('c', 1);
export const norte = id('e', 1);
export const vetProfessional = id('b', 1);
const featureIds: Record<string, string> = {
  BATCH_CONTROL: id('f', 1),
  APPOINTMENTS: id('f', 2),
  LAB_RESULTS: id('f', 3),
};
export const featureId = (code: string): string => featureIds[code] ?? id('f', 99);

export const start = new Date('2026-03-01T00:00:00.000Z');
export const after = (ms: number): Date => new Date(+start + ms);
export const dayMs = 86_400_000;

const iso = (ms: number): string => after(ms).toISOString();

const made = <C extends Contract>(contract: C, base: DataOf<C>) => {
  const build = (changes: Partial<DataOf<C>> = {}): OutgoingEvent =>
    tell(contract, { ...(base as object), ...(changes as object) } as DataOf<C>);
  return build;
};

export const productFact = made(productChanged, {
  productId: farutechVet,
  code: 'FARUTECH_VET',
  name: 'Farutech Vet',
  description: '',
  version: '1.0.0',
  revision: 1,
});

export const featureFact = (code: string): OutgoingEvent =>
  tell(featureAdded, {
    featureId: featureId(code),
    productId: farutechVet,
    moduleId: id('d', 1),
    code,
    name: code,
    isPremium: false,
    addedAt: iso(0),
  });

export const featureChangedFact = (code: string, name: string, revision: number): OutgoingEvent =>
  tell(featureChanged, {
    featureId: featureId(code),
    productId: farutechVet,
    moduleId: id('d', 1),
    code,
    name,
    isPremium: false,
    revision,
  });

export const featureRetiredFact = (code: string, ms: number): OutgoingEvent =>
  tell(featureRetired, { featureId: featureId(code), productId: farutechVet, code, retiredAt: iso(ms) });

export const planFact = made(planPublished, {
  planId: vetProfessional,
  productId: farutechVet,
  productCode: 'FARUTECH_VET',
  code: 'VET_PROFESSIONAL',
  version: 1,
  name: 'Profesional',
  type: 'PROFESSIONAL',
  price: '49.90',
  currency: 'USD',
  interval: 'MONTH',
  includedFeatures: ['APPOINTMENTS', 'BATCH_CONTROL'],
  maxUsers: 25,
  publishedAt: iso(1),
  retiredAt: null,
});

export const planRetiredFact = (ms: number): OutgoingEvent =>
  tell(planRetired, { code: 'VET_PROFESSIONAL', productId: farutechVet, retiredAt: iso(ms) });

export const customerFact = made(customerRegistered, {
  customerId: grupoExito,
  country: 'CO',
  isActive: true,
  revision: 1,
  registeredAt: iso(2),
});

export const customerChangedFact = made(customerChanged, {
  customerId: grupoExito,
  country: 'CO',
  isActive: true,
  revision: 2,
  changedAt: iso(4),
});

export const requestedFact = made(tenantInstanceRequested, {
  instanceId: norte,
  customerId: grupoExito,
  productId: farutechVet,
  planId: vetProfessional,
  planCode: 'VET_PROFESSIONAL',
  planVersion: 1,
  startsAt: iso(3),
  expiresAt: null,
  requestedAt: iso(3),
});

export const provisionedFact = made(tenantInstanceProvisioned, {
  operationId: id('9', 1),
  instanceId: norte,
  epoch: 1,
  n: 9,
  attempt: 1,
  databaseId: 'shared',
  databaseTier: 'STANDARD',
  connectionCiphertext: null,
  provisionedAt: iso(10),
});

export const statusFact = made(tenantInstanceStatusChanged, {
  instanceId: norte,
  customerId: grupoExito,
  version: 1,
  status: 'PROVISIONING',
  statusChanged: true,
  operation: null,
  step: null,
  message: '',
  occurredAt: iso(3),
});
