import type { PrismaClient } from '@farutech/prisma/catalog';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { freshCatalogDatabase, openTestPrisma } from '../testing/catalog-database.ts';
import { changed } from '../testing/small-vet.ts';
import { now, operatorCause } from '../testing/use-case-parts.ts';
import { applyProductManifest } from '../use-cases/apply-product-manifest.ts';
import { unitOfWork } from './unit-of-work.ts';

// Quien escribe aquí se salta el dominio a propósito: lo que se prueba es lo que la base rechaza por sí sola.
let postgres: TestPostgres;
let prisma: PrismaClient;
const vet: Record<string, string> = {};
const erp: Record<string, string> = {};

beforeAll(async () => {
  postgres = await startTestPostgres();
  prisma = openTestPrisma(await freshCatalogDatabase(postgres, 'integrity'));
  const parts = { unitOfWork: unitOfWork({ prisma, newId, clock: () => now }), newId, clock: () => now };
  const other = changed((m) => {
    m.code = 'FARUTECH_ERP';
    for (const plan of m.plans) plan.code = plan.code.replace('VET', 'ERP');
  });
  for (const manifest of [changed(() => {}), other]) {
    await applyProductManifest(parts, operatorCause, { manifest, dryRun: false });
  }
  await remember('FARUTECH_VET', vet);
  await remember('FARUTECH_ERP', erp);
});

afterAll(async () => {
  await prisma?.$disconnect();
  await postgres?.close();
});

/** Los id de un producto y de lo suyo, por código. */
async function remember(code: string, into: Record<string, string>): Promise<void> {
  const { modules, features, plans, ...product } = await prisma.product.findUniqueOrThrow({
    where: { code },
    include: { modules: true, features: true, plans: true },
  });
  for (const row of [product, ...modules, ...features, ...plans]) into[row.code] = row.id;
}

const run = (sql: string, ...params: unknown[]): Promise<number> => prisma.$executeRawUnsafe(sql, ...params);
const everything = async (): Promise<unknown> => [
  await prisma.product.findMany({ orderBy: { id: 'asc' } }),
  await prisma.module.findMany({ orderBy: { id: 'asc' } }),
  await prisma.feature.findMany({ orderBy: { id: 'asc' } }),
  await prisma.plan.findMany({ orderBy: { id: 'asc' } }),
  await prisma.planFeature.findMany({ orderBy: [{ planId: 'asc' }, { featureId: 'asc' }] }),
];

describe('la base no deja que la jerarquía se rompa', () => {
  const module = `INSERT INTO module VALUES ($1::uuid, $2::uuid, $3, 'Módulo', now())`;
  const feature = `INSERT INTO feature VALUES ($1::uuid, $2::uuid, $3::uuid, $4, 'Una', '', false, now(), NULL)`;

  it.each<[string, RegExp, () => Promise<number>]>([
    [
      'un módulo de un producto que no existe',
      /module_product_id_fkey/,
      () => run(module, newId(), newId(), 'M'),
    ],
    [
      'dos módulos con un código',
      /module_product_id_code_key|product_id, code/,
      () => run(module, newId(), vet.FARUTECH_VET, 'CLINICAL'),
    ],
    [
      'una característica sin módulo',
      /feature_module_id_product_id_fkey/,
      () => run(feature, newId(), newId(), vet.FARUTECH_VET, 'F'),
    ],
    [
      'una característica en el módulo de otro producto',
      /feature_module_id_product_id_fkey/,
      () => run(feature, newId(), erp.CLINICAL, vet.FARUTECH_VET, 'F'),
    ],
    [
      'dos características con un código',
      /feature_product_id_code_key|product_id, code/,
      () => run(feature, newId(), vet.CLINICAL, vet.FARUTECH_VET, 'BATCH_CONTROL'),
    ],
    [
      'mudarla al módulo de otro producto',
      /feature_module_id_product_id_fkey/,
      () =>
        run('UPDATE feature SET module_id = $1::uuid WHERE id = $2::uuid', erp.CLINICAL, vet.BATCH_CONTROL),
    ],
    [
      'borrar un producto con módulos',
      /module_product_id_fkey/,
      () => run('DELETE FROM product WHERE id = $1::uuid', vet.FARUTECH_VET),
    ],
    [
      'borrar un módulo con características',
      /feature_module_id_product_id_fkey/,
      () => run('DELETE FROM module WHERE id = $1::uuid', vet.CLINICAL),
    ],
    [
      'borrar una característica que se vendió',
      /plan_feature_feature_id_product_id_fkey/,
      () => run('DELETE FROM feature WHERE id = $1::uuid', vet.BATCH_CONTROL),
    ],
    [
      'dos productos con un código',
      /product_code_key|\(code\)/,
      () => run(`INSERT INTO product VALUES ($1::uuid, 'FARUTECH_VET', 'V', '', '1', 1, now())`, newId()),
    ],
  ])('%s', async (_what, constraint, act) => {
    const before = await everything();

    await expect(act()).rejects.toThrow(constraint);

    expect(await everything()).toEqual(before);
  });
});

describe('una versión publicada no cambia, ni con SQL', () => {
  it.each<[string, string]>([
    ['cambiar su precio', `UPDATE plan SET price = 1 WHERE code = 'VET_PROFESSIONAL'`],
    [
      'cambiar lo que vende',
      `UPDATE plan SET max_users = 999, name = 'Otro' WHERE code = 'VET_PROFESSIONAL'`,
    ],
    [
      'darla a otro producto',
      `UPDATE plan SET product_id = (SELECT id FROM product WHERE code = 'FARUTECH_ERP') WHERE code = 'VET_PROFESSIONAL'`,
    ],
    [
      'retirarla y de paso cambiarla',
      `UPDATE plan SET retired_at = now(), price = 1 WHERE code = 'VET_PROFESSIONAL'`,
    ],
    ['reescribirla igual', `UPDATE plan SET name = name WHERE code = 'VET_PROFESSIONAL'`],
    ['borrarla', `DELETE FROM plan WHERE code = 'VET_PROFESSIONAL'`],
    [
      'quitarle una característica',
      `DELETE FROM plan_feature WHERE plan_id = (SELECT id FROM plan WHERE code = 'VET_PROFESSIONAL')`,
    ],
    [
      'cambiarle una característica',
      `UPDATE plan_feature SET feature_id = (SELECT id FROM feature WHERE code = 'LAB_RESULTS' AND product_id = plan_feature.product_id)`,
    ],
    [
      'añadirle una característica',
      `INSERT INTO plan_feature SELECT p.id, f.id, p.product_id FROM plan p JOIN feature f USING (product_id) WHERE p.code = 'VET_PROFESSIONAL' AND f.code = 'LAB_RESULTS'`,
    ],
    [
      'retirarla y añadírsela en la misma sentencia',
      `WITH r AS (UPDATE plan SET retired_at = now() WHERE code = 'VET_PROFESSIONAL' RETURNING id, product_id) INSERT INTO plan_feature SELECT r.id, f.id, f.product_id FROM r JOIN feature f USING (product_id) WHERE f.code = 'LAB_RESULTS'`,
    ],
  ])('%s', async (_what, sql) => {
    const before = await everything();

    await expect(run(sql)).rejects.toThrow(/a published plan version never changes/);

    expect(await everything()).toEqual(before);
  });

  it('retirarla y añadirle algo después, en la misma transacción, tampoco', async () => {
    const before = await everything();

    const attempt = prisma.$transaction(async (tx) => {
      await tx.$executeRaw`UPDATE plan SET retired_at = now() WHERE code = 'VET_PROFESSIONAL'`;
      await tx.$executeRaw`INSERT INTO plan_feature VALUES (${vet.VET_PROFESSIONAL}::uuid, ${vet.LAB_RESULTS}::uuid, ${vet.FARUTECH_VET}::uuid)`;
    });

    await expect(attempt).rejects.toThrow(/a published plan version never changes/);
    expect(await everything()).toEqual(before);
  });

  it('retirarla sí se puede, una vez', async () => {
    const retire = `UPDATE plan SET retired_at = now() WHERE code = 'ERP_BASIC'`;

    expect(await run(retire)).toBe(1);
    await expect(run(retire)).rejects.toThrow(/a published plan version never changes/);
    await expect(run(`UPDATE plan SET retired_at = NULL WHERE code = 'ERP_BASIC'`)).rejects.toThrow(
      /never changes/,
    );
  });
});

describe('una versión nueva solo lleva características vivas de su producto', () => {
  /** Publica con SQL y le pone una característica, en una transacción como la de verdad. */
  const publish = (featureId: string | undefined, productOfFeature: string | undefined): Promise<void> =>
    prisma.$transaction(async (tx) => {
      const planId = newId();
      await tx.$executeRaw`
        INSERT INTO plan VALUES (${planId}::uuid, ${vet.FARUTECH_VET}::uuid, 'VET_SQL', 1, 'Vet', 'STANDARD', 1, 'USD',
          'MONTH', 5, now(), NULL)`;
      await tx.$executeRaw`INSERT INTO plan_feature VALUES (${planId}::uuid, ${featureId}::uuid, ${productOfFeature}::uuid)`;
    });

  it('la de otro producto no entra, se diga el producto que se diga', async () => {
    await expect(publish(erp.BATCH_CONTROL, vet.FARUTECH_VET)).rejects.toThrow(
      /plan_feature_feature_id_product_id_fkey/,
    );
    await expect(publish(erp.BATCH_CONTROL, erp.FARUTECH_ERP)).rejects.toThrow(
      /plan_feature_plan_id_product_id_fkey/,
    );
  });

  it('la retirada tampoco', async () => {
    await run('UPDATE feature SET retired_at = now() WHERE id = $1::uuid', vet.LAB_RESULTS);

    await expect(publish(vet.LAB_RESULTS, vet.FARUTECH_VET)).rejects.toThrow(/holds no retired feature/);
    expect(await prisma.plan.count({ where: { code: 'VET_SQL' } })).toBe(0);
  });

  it('la viva y suya, sí', async () => {
    await publish(vet.DIGITAL_RECORDS, vet.FARUTECH_VET);

    expect(await prisma.plan.count({ where: { code: 'VET_SQL' } })).toBe(1);
  });
});
