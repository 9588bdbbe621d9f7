import type { Entitlement, OverrideTerms, PlanTerms, SubscriptionTerms } from '../domain/entitlement.ts';
import { after, featureId, start, vetProfessional } from './facts.ts';

const professional: PlanTerms = {
  planId: vetProfessional,
  code: 'VET_PROFESSIONAL',
  version: 1,
  includedFeatures: ['APPOINTMENTS', 'BATCH_CONTROL'],
  maxUsers: 25,
};

export const state = (changes: Partial<SubscriptionTerms> = {}): SubscriptionTerms => ({
  status: 'ACTIVE',
  startsAt: start,
  expiresAt: null,
  validFrom: start,
  validTo: null,
  reason: null,
  changedBy: null,
  plan: professional,
  ...changes,
});

export const override = (changes: Partial<OverrideTerms> = {}): OverrideTerms => ({
  featureCode: 'BATCH_CONTROL',
  overrideType: 'DISABLE',
  reason: 'Mora de 60 días',
  createdBy: 'operator@farutech.test',
  validFrom: start,
  validTo: null,
  ...changes,
});

/** Grupo Éxito, instancia norte, con VET_PROFESSIONAL en marcha. LAB_RESULTS no está en su plan. */
export const running = (changes: Partial<Entitlement> = {}): Entitlement => ({
  instance: { status: 'ACTIVE', provisionedAt: start },
  states: [state()],
  features: ['LAB_RESULTS', 'BATCH_CONTROL', 'APPOINTMENTS'].map((code) => ({
    featureId: featureId(code),
    code,
    retiredAt: null,
  })),
  overrides: [],
  ...changes,
});

export const retired = (code: string, ms = 0): Entitlement['features'] =>
  running().features.map((feature) =>
    feature.code === code ? { ...feature, retiredAt: after(ms) } : feature,
  );
