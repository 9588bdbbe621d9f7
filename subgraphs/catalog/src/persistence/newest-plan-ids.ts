import type { Prisma } from '@farutech/prisma/catalog';

type Scope = { readonly codes: readonly string[] } | { readonly productIds: readonly string[] };

/**
 * La última versión de cada código. En SQL y no con `distinct` de Prisma, que leería todas las versiones para
 * quedarse con una.
 */
export async function newestPlanIds(db: Prisma.TransactionClient, scope: Scope): Promise<string[]> {
  const rows =
    'codes' in scope
      ? await db.$queryRaw<{ id: string }[]>`
          SELECT DISTINCT ON (code) id FROM plan WHERE code = ANY(${[...scope.codes]}::text[])
          ORDER BY code, version DESC`
      : await db.$queryRaw<{ id: string }[]>`
          SELECT DISTINCT ON (code) id FROM plan WHERE product_id = ANY(${[...scope.productIds]}::uuid[])
          ORDER BY code, version DESC`;
  return rows.map(({ id }) => id);
}
