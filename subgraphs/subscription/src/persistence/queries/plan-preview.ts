import type { Clock } from '@farutech/kernel/clock';
import type { Prisma, PrismaClient } from '@farutech/prisma/subscription';
import type { Digest } from '../../domain/answer-version.ts';
import type {
  Entitlement,
  InstanceStatus,
  OverrideTerms,
  PlanTerms,
  ProductFeature,
  SubscriptionTerms,
} from '../../domain/entitlement.ts';
import {
  changeUnder,
  demandPublishable,
  type FeatureChange,
  moveText,
  type PlanOffer,
} from '../../domain/plan-preview.ts';

/** De cada tanda se calcula seguido: más tendrían esperando a las demás peticiones del proceso. */
const batchSize = 500;
const timeoutMs = 60_000;
const fromTheFirst = '00000000-0000-0000-0000-000000000000';

interface PreviewedChange extends FeatureChange {
  /** Cuándo se compró: por ahí van las páginas. */
  readonly createdAt: Date;
}

export interface Preview {
  readonly hash: string;
  readonly asOf: Date;
  /** Todas las que se moverían. */
  readonly affected: number;
  /** Las que ganan o pierden algo, de la comprada más tarde a la más antigua. */
  readonly changes: readonly PreviewedChange[];
}

export type PreviewPlan = (offer: PlanOffer) => Promise<Preview>;

interface Subscriber {
  readonly id: string;
  readonly instanceId: string;
  readonly createdAt: Date;
  readonly instanceStatus: InstanceStatus;
  readonly provisionedAt: Date | null;
  readonly status: SubscriptionTerms['status'];
  readonly startsAt: Date;
  readonly expiresAt: Date | null;
  readonly plan: PlanTerms;
  readonly overrides: readonly Pick<OverrideTerms, 'featureCode' | 'overrideType'>[];
}

/** Todo en una foto, en una transacción en la que PostgreSQL no deja escribir nada. */
export const planPreview =
  (prisma: PrismaClient, clock: Clock, digest: Digest): PreviewPlan =>
  (offer) =>
    prisma.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET TRANSACTION READ ONLY`;
        return await preview(tx, offer, clock(), digest);
      },
      { isolationLevel: 'RepeatableRead', timeout: timeoutMs },
    );

async function preview(
  tx: Prisma.TransactionClient,
  offer: PlanOffer,
  at: Date,
  digest: Digest,
): Promise<Preview> {
  const { planCode: code, maxUsers, includedFeatures } = offer;
  // PostgreSQL no admite el carácter nulo ni para preguntar: lo que lo lleva no es el código de nada.
  const newest = code.includes('\0')
    ? null
    : await tx.planProjection.findFirst({ where: { code }, orderBy: { version: 'desc' } });
  const features =
    newest === null
      ? []
      : await tx.featureProjection.findMany({
          where: { productId: newest.productId },
          select: { featureId: true, code: true, retiredAt: true },
        });
  const { version } = demandPublishable(offer, newest, features, at);
  const plan: PlanTerms = { planId: 'next', code, version: version + 1, includedFeatures, maxUsers };

  const all: PreviewedChange[] = [];
  for (let last: string | undefined = fromTheFirst; last !== undefined; ) {
    const batch: readonly Subscriber[] = await readSubscribers(tx, code, at, last);
    for (const one of batch) {
      const entitlement = toEntitlement(one, features, at);
      all.push({ ...changeUnder(plan, one.instanceId, entitlement, at), createdAt: one.createdAt });
    }
    last = batch.length < batchSize ? undefined : batch.at(-1)?.id;
  }
  return {
    hash: digest(moveText(maxUsers, all)),
    asOf: at,
    affected: all.length,
    changes: all
      .filter(({ gained, lost }) => gained.length + lost.length > 0)
      .toSorted((a, b) => +b.createdAt - +a.createdAt || (a.instanceId < b.instanceId ? 1 : -1)),
  };
}

/** Las que tienen alguna versión del plan y podrían cambiar a otra: ni PENDING ni CANCELLED. */
const readSubscribers = (
  tx: Prisma.TransactionClient,
  code: string,
  at: Date,
  after: string,
): Promise<readonly Subscriber[]> => tx.$queryRaw`
  SELECT sold.id, sold.tenant_instance_id AS "instanceId", sold.created_at AS "createdAt",
    instance.status AS "instanceStatus", instance.provisioned_at AS "provisionedAt",
    state.status, state.starts_at AS "startsAt", state.expires_at AS "expiresAt",
    json_build_object('planId', plan.plan_id, 'code', plan.code, 'version', plan.version,
      'includedFeatures', plan.included_features, 'maxUsers', plan.max_users) AS plan,
    (SELECT coalesce(json_agg(json_build_object(
        'featureCode', o.feature_code, 'overrideType', o.override_type)), '[]')
      FROM feature_override o
      WHERE o.subscription_id = sold.id AND o.known_to IS NULL AND o.valid_from <= ${at.toISOString()}::timestamptz
        AND (o.valid_to IS NULL OR o.valid_to > ${at.toISOString()}::timestamptz)) AS overrides
  FROM plan_projection plan JOIN subscription_state state ON state.plan_id = plan.plan_id
    JOIN plan_subscription sold ON sold.id = state.subscription_id
    JOIN instance_projection instance ON instance.instance_id = sold.tenant_instance_id
  WHERE plan.code = ${code} AND state.status IN ('ACTIVE', 'SUSPENDED') AND state.known_to IS NULL
    AND state.valid_from <= ${at.toISOString()}::timestamptz
    AND (state.valid_to IS NULL OR state.valid_to > ${at.toISOString()}::timestamptz)
    AND sold.id > ${after}::uuid
  ORDER BY sold.id LIMIT ${batchSize}`;

/** De lo vendido, solo lo que rige en `at`: es lo único que la regla mira. */
function toEntitlement(
  { instanceStatus, provisionedAt, status, startsAt, expiresAt, plan, overrides }: Subscriber,
  features: readonly ProductFeature[],
  at: Date,
): Entitlement {
  const holding = { validFrom: at, validTo: null };
  return {
    instance: { status: instanceStatus, provisionedAt },
    states: [{ status, startsAt, expiresAt, plan, reason: null, changedBy: null, ...holding }],
    features,
    overrides: overrides.map((override) => ({ ...override, reason: '', createdBy: '', ...holding })),
  };
}
