import type { PrismaClient } from '@farutech/prisma/subscription';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { deliver, deliverAll, type Message } from '../testing/deliver.ts';
import { id, norte, provisionedFact, requestedFact } from '../testing/facts.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from '../testing/subscription-database.ts';
import { handMade, salesOfNorte } from '../testing/world-of-norte.ts';
import { clearFeatureOverride } from '../use-cases/clear-feature-override.ts';
import { setFeatureOverride } from '../use-cases/set-feature-override.ts';
import { openPrisma } from './open-prisma.ts';
import { createReaction, createUnitOfWork } from './unit-of-work.ts';

let postgres: TestPostgres;
let prisma: PrismaClient;
const { clock, moveTo } = handMade();
const parts = () => ({ unitOfWork: createUnitOfWork({ prisma, newId: v7, clock }), newId: v7, clock });
const cause = { actor: 'operator@farutech.test', correlationId: id('7', 1) };
const featureCode = 'BATCH_CONTROL';

const subscriptionOfNorte = () =>
  prisma.planSubscription.findUniqueOrThrow({ where: { tenantInstanceId: norte } });
const set = async (reason: string) =>
  setFeatureOverride(parts(), cause, {
    subscriptionId: (await subscriptionOfNorte()).id,
    featureCode,
    overrideType: 'DISABLE',
    reason,
    expiresAt: null,
  });

/** Lo que solo puede cambiar una vez: de creerse a no creerse. */
async function everWritten() {
  const states = await prisma.subscriptionState.findMany({ orderBy: { id: 'asc' } });
  const overrides = await prisma.featureOverride.findMany({ orderBy: { rowId: 'asc' } });
  return [...states, ...overrides];
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'history');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
}, 60_000);
afterAll(async () => {
  await prisma.$disconnect();
  await postgres.close();
});

describe('lo que queda escrito en PostgreSQL', () => {
  it('los hechos, todos a la vez y repetidos, dejan una suscripción activa y un solo aviso', async () => {
    const react = createReaction({ prisma, newId: v7, clock });
    const messages = salesOfNorte.map((event, n): Message => ({ messageId: `m${n}`, event }));

    await Promise.all([
      deliverAll({ react, newId: v7, clock }, messages.toReversed()),
      deliverAll({ react, newId: v7, clock }, messages),
    ]);

    expect(await subscriptionOfNorte()).toMatchObject({ status: 'ACTIVE' });
    expect(await prisma.instanceProjection.findUnique({ where: { instanceId: norte } })).toMatchObject({
      status: 'ACTIVE',
      version: 2,
    });
    expect(await prisma.outbox.findMany()).toEqual([
      expect.objectContaining({
        name: 'PlanSubscriptionActivated',
        aggregateId: norte,
        subject: `farutech.event.subscription.PlanSubscriptionActivated.${norte}`,
      }),
    ]);
    expect(await prisma.auditEntry.count({ where: { action: 'activatePlanSubscription' } })).toBe(1);
    expect(await prisma.processedMessage.count()).toBe(messages.length);
  });

  it('si el aviso no se puede guardar, tampoco queda activa; al repetirse, sí', async () => {
    const sur = id('e', 2);
    const [told] = await prisma.outbox.findMany();
    const react = createReaction({ prisma, newId: v7, clock });
    await deliver(
      { react, newId: v7, clock },
      { messageId: 'r2', event: requestedFact({ instanceId: sur }) },
    );
    const provisioned = { messageId: 'p2', event: provisionedFact({ instanceId: sur }) };
    const statusOfSur = async () =>
      (await prisma.planSubscription.findUniqueOrThrow({ where: { tenantInstanceId: sur } })).status;

    const clashing = createReaction({ prisma, newId: () => told?.messageId ?? '', clock });
    await expect(deliver({ react: clashing, newId: v7, clock }, provisioned)).rejects.toThrow();
    expect(await statusOfSur()).toBe('PENDING');

    await deliver({ react, newId: v7, clock }, provisioned);
    expect(await statusOfSur()).toBe('ACTIVE');
  });

  it('ninguna fila se borra ni se corrige: solo se cierra', async () => {
    const written = await everWritten();

    moveTo(200);
    await set('Mora');
    moveTo(300);
    await set('Mora de 60 días');
    moveTo(400);
    await clearFeatureOverride(parts(), cause, {
      subscriptionId: (await subscriptionOfNorte()).id,
      featureCode,
    });

    const now = await everWritten();
    for (const before of written) {
      expect(now).toContainEqual({ ...before, knownTo: before.knownTo ?? expect.toSatisfy(() => true) });
    }
    expect(now.length - written.length).toBe(4);
    expect(now.filter((row) => 'featureCode' in row && row.knownTo === null && row.validTo === null)).toEqual(
      [],
    );
  });

  it('ocho personas ponen la misma excepción a la vez: queda una, y lo que se creyó no se solapa', async () => {
    moveTo(500);
    await Promise.all(Array.from({ length: 8 }, (_, n) => set(`persona ${n}`)));

    const inForce = await prisma.featureOverride.findMany({ where: { knownTo: null, validTo: null } });
    expect(inForce).toHaveLength(1);
    const audited = await prisma.auditEntry.count({ where: { action: 'setFeatureOverride' } });
    expect(audited).toBe(10);
  });
});
