import type { PrismaClient } from '@farutech/prisma/subscription';

export interface AnswerHead {
  /** Otro texto cuando puede ser otra la respuesta. */
  readonly head: string;
  readonly productId: string | null;
}

interface Row extends AnswerHead {
  readonly instanceId: string;
}

/** La instancia de la que no se sabe nada no sale. */
export async function readAnswerHeads(
  prisma: PrismaClient,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, AnswerHead>> {
  const rows = await prisma.$queryRaw<readonly Row[]>`
    SELECT i.instance_id AS "instanceId", i.product_id AS "productId",
      concat_ws('.', coalesce(one.head, 0), coalesce(product.head, 0)) AS head
    FROM instance_projection i
    LEFT JOIN answer_head one ON one.instance_id = i.instance_id
    LEFT JOIN product_answer_head product ON product.product_id = i.product_id
    WHERE i.instance_id = ANY(${[...instanceIds]}::uuid[])`;
  return new Map(rows.map(({ instanceId, ...head }) => [instanceId, head]));
}
