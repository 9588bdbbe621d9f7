import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { openPrisma } from './persistence/open-prisma.ts';
import { fromTheFirst, retellBatch } from './persistence/retell-batch.ts';

export interface RetellOptions {
  readonly databaseUrl: string;
  readonly newId: NewId;
  readonly clock: Clock;
}

/**
 * Cuenta otra vez el presente de cada suscripción, por el buzón de su propia base: PlanSubscriptionActivated
 * de las que están o estuvieron activas, y luego Suspended, Cancelled o Expired donde corresponda. Los
 * mensajes son nuevos y los hechos llevan sus revisiones: una proyección que está bien se queda como está.
 * Los envía el repetidor del subgrafo.
 */
export async function retell({ databaseUrl, newId, clock }: RetellOptions): Promise<{ facts: number }> {
  // Una conexión que se pierde entre dos tandas la abre de nuevo la siguiente; una consulta que falla, sale de aquí.
  const lost: Error[] = [];
  const prisma = openPrisma({ databaseUrl, onError: (error) => lost.push(error) });
  try {
    const cause = { actor: 'projections rebuild', correlationId: newId() };
    let facts = 0;
    for (let after: string | null = fromTheFirst; after !== null; ) {
      const batch = await retellBatch({ prisma, newId, clock }, cause, after);
      facts += batch.facts;
      after = batch.last;
    }
    return { facts };
  } catch (error) {
    if (error instanceof Error && lost.length > 0) error.cause ??= lost.at(-1);
    throw error;
  } finally {
    await prisma.$disconnect();
  }
}
