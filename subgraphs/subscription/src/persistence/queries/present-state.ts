import type { Reach } from '@farutech/kernel/viewer';
import { Prisma } from '@farutech/prisma/subscription';
import type { SubscriptionIdentity, SubscriptionState } from '../../domain/stored-subscription.ts';
import { reachFilter } from './reach-filter.ts';

export type PlanSubscriptionRow = SubscriptionIdentity &
  Omit<SubscriptionState, 'changedBy' | 'reason'> & { readonly statusReason: string | null };

/**
 * El estado que rige en `at`, leído de lo que se cree y no de la fila: una cancelación con fecha se ve en su
 * instante aunque nadie haya corrido. La fila queda para quien lee con un reloj algo atrasado.
 */
export const presentColumns = Prisma.sql`sold.id, sold.customer_id AS "customerId",
  sold.tenant_instance_id AS "tenantInstanceId", sold.product_id AS "productId", sold.created_at AS "createdAt",
  coalesce(state.status, sold.status) AS status, coalesce(state.plan_id, sold.plan_id) AS "planId",
  coalesce(state.starts_at, sold.starts_at) AS "startsAt",
  CASE WHEN state.id IS NULL THEN sold.expires_at ELSE state.expires_at END AS "expiresAt",
  state.reason AS "statusReason"`;

export const stateAt = (at: Date): Prisma.Sql => Prisma.sql`state.subscription_id = sold.id
  AND state.known_to IS NULL AND state.valid_from <= ${at.toISOString()}::timestamptz
  AND (state.valid_to IS NULL OR state.valid_to > ${at.toISOString()}::timestamptz)`;

/** Las filas de `plan_subscription sold` que están al alcance. */
export function soldWithin(reach: Reach): Prisma.Sql {
  const { customerId, instanceIds } = reachFilter(reach);
  return Prisma.sql`(${customerId}::uuid IS NULL OR sold.customer_id = ${customerId}::uuid)
    AND (${instanceIds}::uuid[] IS NULL OR sold.tenant_instance_id = ANY(${instanceIds}::uuid[]))`;
}
