import type { Prisma } from '@farutech/prisma/subscription';
import type { Features, Plans, Products } from '../domain/ports.ts';

export const productStore = (tx: Prisma.TransactionClient): Products => ({
  byId: (productId) => tx.productProjection.findUnique({ where: { productId } }),
  async put({ productId, code, name, revision }) {
    await tx.$executeRaw`
      INSERT INTO product_projection AS held (product_id, code, name, revision)
      VALUES (${productId}::uuid, ${code}, ${name}, ${revision}::int)
      ON CONFLICT (product_id) DO UPDATE
        SET code = EXCLUDED.code, name = EXCLUDED.name, revision = EXCLUDED.revision
        WHERE held.revision < EXCLUDED.revision`;
  },
});

export const featureStore = (tx: Prisma.TransactionClient): Features => ({
  // PostgreSQL no admite el carácter nulo ni para preguntar: lo que lo lleva no es el código de nada.
  byCode: async (productId, code) =>
    code.includes('\0')
      ? null
      : await tx.featureProjection.findUnique({ where: { productId_code: { productId, code } } }),
  async add(feature) {
    await tx.featureProjection.createMany({ data: [feature], skipDuplicates: true });
  },
  async change({ featureId, name, revision }) {
    const touched = await tx.$executeRaw`
      UPDATE feature_projection
      SET name = CASE WHEN revision < ${revision}::int THEN ${name} ELSE name END,
        revision = GREATEST(revision, ${revision}::int)
      WHERE feature_id = ${featureId}::uuid`;
    return touched > 0;
  },
  async retire(featureId, retiredAt) {
    const touched = await tx.$executeRaw`
      UPDATE feature_projection SET retired_at = LEAST(retired_at, ${retiredAt.toISOString()}::timestamptz)
      WHERE feature_id = ${featureId}::uuid`;
    return touched > 0;
  },
});

export const planStore = (tx: Prisma.TransactionClient): Plans => ({
  async byId(planId) {
    const row = await tx.planProjection.findUnique({ where: { planId } });
    return row && { ...row, price: row.price.toString() };
  },
  async newest(code) {
    if (code.includes('\0')) return null;
    const row = await tx.planProjection.findFirst({ where: { code }, orderBy: { version: 'desc' } });
    return row && { ...row, price: row.price.toString() };
  },
  async add({ includedFeatures, ...plan }) {
    await takeCode(tx, plan.code);
    await tx.planProjection.createMany({
      data: [{ ...plan, includedFeatures: [...includedFeatures] }],
      skipDuplicates: true,
    });
    await applyRetirements(tx, plan.code);
  },
  async retire(code, retiredAt) {
    await takeCode(tx, code);
    await tx.planRetirementFact.createMany({ data: [{ code, retiredAt }], skipDuplicates: true });
    await applyRetirements(tx, code);
  },
});

/** Ni una versión ni su retirada se cruzan sin verse. */
const takeCode = (tx: Prisma.TransactionClient, code: string): Promise<number> =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`plan:${code}`}, 0))`;

/** A cada versión la retira la primera retirada posterior a su publicación. */
const applyRetirements = (tx: Prisma.TransactionClient, code: string): Promise<number> =>
  tx.$executeRaw`
    UPDATE plan_projection plan SET retired_at = LEAST(plan.retired_at, first.retired_at)
    FROM plan_projection version CROSS JOIN LATERAL (
      SELECT min(fact.retired_at) AS retired_at FROM plan_retirement_fact fact
      WHERE fact.code = version.code AND fact.retired_at >= version.published_at) first
    WHERE version.code = ${code} AND plan.plan_id = version.plan_id
      AND first.retired_at IS NOT NULL AND first.retired_at IS DISTINCT FROM plan.retired_at`;
