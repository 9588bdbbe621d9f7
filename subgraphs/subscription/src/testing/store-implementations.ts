import type { PrismaClient } from '@farutech/prisma/subscription';
import { v7 } from 'uuid';
import { startTestPostgres } from '../../../../tests/support/postgres.ts';
import type { Reaction, Stores, UnitOfWork } from '../domain/ports.ts';
import { openPrisma } from '../persistence/open-prisma.ts';
import { createReaction, createUnitOfWork } from '../persistence/unit-of-work.ts';
import { after, id } from './facts.ts';
import { memoryWorld } from './memory-unit-of-work.ts';
import { emptyTables, freshSubscriptionDatabase, ignoreLostConnection } from './subscription-database.ts';

export interface Implementation {
  readonly unitOfWork: UnitOfWork;
  readonly react: Reaction;
}

/** Las dos maneras de guardar, que pasan las mismas pruebas. Cada `open` da una vacía. */
export const implementations = ['en memoria', 'sobre PostgreSQL'] as const;

export interface StoreServer {
  open(name: (typeof implementations)[number]): Promise<Implementation>;
  close(): Promise<void>;
}

const onPostgres = async (prisma: PrismaClient): Promise<Implementation> => {
  await emptyTables(prisma);
  const parts = { prisma, newId: v7, clock: () => after(100) };
  return { unitOfWork: createUnitOfWork(parts), react: createReaction(parts) };
};

export async function startStoreServer(): Promise<StoreServer> {
  const postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'stores');
  const prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  return {
    open: async (name) => (name === 'en memoria' ? memoryWorld() : await onPostgres(prisma)),
    async close() {
      await prisma.$disconnect();
      await postgres.close();
    },
  };
}

export const storeCause = { actor: 'operator', correlationId: id('7', 1) };

/** Una transacción que devuelve lo que `work` da. */
export const within =
  ({ unitOfWork }: Implementation) =>
  <R>(work: (stores: Stores) => Promise<R>): Promise<R> =>
    unitOfWork(storeCause, async (stores) => ({ result: await work(stores), events: [], audit: null }));
