import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { openPrisma } from './persistence/open-prisma.ts';
import { productStore } from './persistence/product.store.ts';
import { unitOfWork } from './persistence/unit-of-work.ts';
import { retellProduct } from './use-cases/retell-product.ts';

export interface RetellOptions {
  readonly databaseUrl: string;
  readonly newId: NewId;
  readonly clock: Clock;
}

/**
 * Cuenta otra vez, por el buzón y desde sus propias tablas, el presente de lo que otros proyectan: productos, módulos,
 * características y cada versión de cada plan. Los mensajes son nuevos y las revisiones son las que valen: una
 * proyección que ya estaba bien no cambia. El catálogo puede estar sirviendo mientras tanto.
 */
export async function retell({ databaseUrl, newId, clock }: RetellOptions): Promise<{ facts: number }> {
  // Una conexión que se pierde entre dos productos la abre de nuevo el siguiente; una consulta que falla, sale de aquí.
  const lost: Error[] = [];
  const prisma = openPrisma({ databaseUrl, onError: (error) => lost.push(error) });
  try {
    const parts = { unitOfWork: unitOfWork({ prisma, newId, clock }) };
    const cause = { actor: 'projections rebuild', correlationId: newId() };
    let facts = 0;
    for (const id of await productStore(prisma).allIds()) facts += await retellProduct(parts, cause, id);
    return { facts };
  } catch (error) {
    if (error instanceof Error && lost.length > 0) error.cause ??= lost.at(-1);
    throw error;
  } finally {
    await prisma.$disconnect();
  }
}
