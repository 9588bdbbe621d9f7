import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import DataLoader from 'dataloader';
import type {
  Entitlement,
  InstanceStatus,
  OverrideTerms,
  PlanTerms,
  ProductFeature,
  SubscriptionTerms,
} from '../../domain/entitlement.ts';
import { reachFilter } from './reach-filter.ts';

/** `T` como sale de json_agg: las fechas son texto. */
type Json<T> = { readonly [K in keyof T]: Date extends T[K] ? Exclude<T[K], Date> | string : T[K] };

interface Row {
  readonly instanceId: string;
  readonly status: InstanceStatus;
  readonly provisionedAt: Date | null;
  readonly states: readonly (Omit<Json<SubscriptionTerms>, 'plan'> & { readonly plan: PlanTerms })[];
  readonly features: readonly Json<ProductFeature>[];
  readonly overrides: readonly Json<OverrideTerms>[];
}

/**
 * Todo lo que decide, de una o de mil instancias, en una sola ida a la base: lo que hoy se cree y aún rige o
 * regirá en `at`. Las que no están al alcance no salen.
 */
export async function readEntitlements(
  prisma: PrismaClient,
  reach: Reach,
  instanceIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Entitlement>> {
  const { customerId, instanceIds: own } = reachFilter(reach);
  const rows = await prisma.$queryRaw<readonly Row[]>`
    SELECT i.instance_id AS "instanceId", i.status, i.provisioned_at AS "provisionedAt",
      (SELECT coalesce(json_agg(json_build_object(
          'status', s.status, 'startsAt', s.starts_at, 'expiresAt', s.expires_at,
          'validFrom', s.valid_from, 'validTo', s.valid_to, 'reason', s.reason, 'changedBy', s.changed_by,
          'plan', json_build_object('planId', p.plan_id, 'code', p.code, 'version', p.version,
            'includedFeatures', p.included_features, 'maxUsers', p.max_users))), '[]')
        FROM subscription_state s JOIN plan_projection p ON p.plan_id = s.plan_id
        WHERE s.subscription_id = ps.id AND s.known_to IS NULL
          AND (s.valid_to IS NULL OR s.valid_to > ${at.toISOString()}::timestamptz)) AS states,
      (SELECT coalesce(json_agg(json_build_object(
          'featureId', f.feature_id, 'code', f.code, 'retiredAt', f.retired_at)), '[]')
        FROM feature_projection f WHERE f.product_id = i.product_id) AS features,
      (SELECT coalesce(json_agg(json_build_object(
          'featureCode', o.feature_code, 'overrideType', o.override_type, 'reason', o.reason,
          'createdBy', o.created_by, 'validFrom', o.valid_from, 'validTo', o.valid_to)), '[]')
        FROM feature_override o
        WHERE o.subscription_id = ps.id AND o.known_to IS NULL
          AND (o.valid_to IS NULL OR o.valid_to > ${at.toISOString()}::timestamptz)) AS overrides
    FROM instance_projection i
    LEFT JOIN plan_subscription ps ON ps.tenant_instance_id = i.instance_id
    WHERE i.instance_id = ANY(${[...instanceIds]}::uuid[])
      AND (${customerId}::uuid IS NULL OR i.customer_id = ${customerId}::uuid)
      AND (${own}::uuid[] IS NULL OR i.instance_id = ANY(${own}::uuid[]))`;
  return new Map(rows.map((row) => [row.instanceId, toEntitlement(row)]));
}

const date = (text: string): Date => new Date(text);
const dateOrNull = (text: string | null): Date | null => (text === null ? null : new Date(text));

const toEntitlement = ({ status, provisionedAt, states, features, overrides }: Row): Entitlement => ({
  instance: { status, provisionedAt },
  states: states.map((state) => ({
    ...state,
    startsAt: date(state.startsAt),
    expiresAt: dateOrNull(state.expiresAt),
    validFrom: date(state.validFrom),
    validTo: dateOrNull(state.validTo),
  })),
  features: features.map((feature) => ({ ...feature, retiredAt: dateOrNull(feature.retiredAt) })),
  overrides: overrides.map((override) => ({
    ...override,
    validFrom: date(override.validFrom),
    validTo: dateOrNull(override.validTo),
  })),
});

export interface EntitlementAt {
  readonly entitlement: Entitlement;
  readonly at: Date;
}
export type EntitlementLoader = DataLoader<string, EntitlementAt | null>;

/** Las de una petición, juntas y en un mismo instante. null: no existe, o no está al alcance. */
export const entitlementLoader = (prisma: PrismaClient, reach: Reach, clock: () => Date): EntitlementLoader =>
  new DataLoader(async (instanceIds) => {
    const at = clock();
    const found = await readEntitlements(prisma, reach, instanceIds.filter(isUuid), at);
    return instanceIds.map((id) => {
      const entitlement = found.get(id);
      return entitlement === undefined ? null : { entitlement, at };
    });
  });
