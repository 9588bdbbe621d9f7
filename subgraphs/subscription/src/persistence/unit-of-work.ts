import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { writeAudit } from '@farutech/messaging/audit';
import { writeOutbox } from '@farutech/messaging/outbox';
import { markProcessed } from '@farutech/messaging/processed';
import type { Prisma, PrismaClient } from '@farutech/prisma/subscription';
import type { AuditNote, Reaction, Stores, UnitOfWork } from '../domain/ports.ts';
import { featureStore, planStore, productStore } from './catalog.store.ts';
import { claimStore } from './claim.store.ts';
import { executeIn } from './execute-in.ts';
import { planSubscriptionStore } from './plan-subscription.store.ts';
import { customerStore, instanceStore } from './tenancy.store.ts';

export interface UnitOfWorkParts {
  readonly prisma: PrismaClient;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** READ COMMITTED: quien esperó por un cerrojo debe ver lo que dejó quien lo tenía. */
const options = { isolationLevel: 'ReadCommitted', maxWait: 5_000, timeout: 10_000 } as const;

const storesIn = (tx: Prisma.TransactionClient): Stores => ({
  subscriptions: planSubscriptionStore(tx),
  products: productStore(tx),
  features: featureStore(tx),
  plans: planStore(tx),
  customers: customerStore(tx),
  instances: instanceStore(tx),
  claims: claimStore(tx),
});

interface Told {
  readonly events: readonly OutgoingEvent[];
  readonly audit: AuditNote | null;
}

async function writeTold(
  tx: Prisma.TransactionClient,
  { newId, clock }: UnitOfWorkParts,
  cause: Cause,
  told: Told,
): Promise<void> {
  const execute = executeIn(tx);
  if (told.events.length > 0) await writeOutbox(execute, newId, cause, clock(), told.events);
  if (told.audit !== null) await writeAudit(execute, newId, cause, clock(), told.audit);
}

export const createUnitOfWork =
  (parts: UnitOfWorkParts): UnitOfWork =>
  (cause, work) =>
    parts.prisma.$transaction(async (tx) => {
      const change = await work(storesIn(tx));
      await writeTold(tx, parts, cause, change);
      return change.result;
    }, options);

export const createReaction =
  (parts: UnitOfWorkParts): Reaction =>
  (cause, work) =>
    parts.prisma.$transaction(async (tx) => {
      const first = await markProcessed(executeIn(tx), cause.actor, cause.messageId, parts.clock());
      if (!first) return;
      const told = await work(storesIn(tx));
      if (told !== undefined) await writeTold(tx, parts, cause, told);
    }, options);
