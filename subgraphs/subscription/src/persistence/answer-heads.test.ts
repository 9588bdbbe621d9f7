import type { PrismaClient } from '@farutech/prisma/subscription';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { farutechVet, norte } from '../testing/facts.ts';
import {
  emptyTables,
  freshSubscriptionDatabase,
  ignoreLostConnection,
} from '../testing/subscription-database.ts';
import { sellNorte } from '../testing/world-of-norte.ts';
import { openPrisma } from './open-prisma.ts';
import { readAnswerHeads } from './queries/answer-heads.ts';
import { createReaction } from './unit-of-work.ts';

let postgres: TestPostgres;
let prisma: PrismaClient;
let ear: pg.Client;
const heard: (string | undefined)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'heads');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  ear = new pg.Client({ connectionString: databaseUrl });
  ear.on('notification', ({ payload }) => heard.push(payload));
  await ear.connect();
  await ear.query('LISTEN answers');
}, 60_000);
afterAll(async () => {
  await ear.end();
  await prisma.$disconnect();
  await postgres.close();
});

let subscriptionId = '';
const headOf = async (): Promise<string | undefined> =>
  (await readAnswerHeads(prisma, [norte])).get(norte)?.head;
const ofNorte = `instance:${norte}`;
const ofVet = `product:${farutechVet}`;

beforeEach(async () => {
  await emptyTables(prisma);
  const clock = () => new Date();
  await sellNorte({ react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock });
  subscriptionId = (await prisma.planSubscription.findUniqueOrThrow({ where: { tenantInstanceId: norte } }))
    .id;
  // Lo de la venta aún puede venir de camino: los avisos llegan en orden, y este es el último.
  await prisma.$executeRaw`SELECT pg_notify('answers', 'vendida')`;
  await eventually(() => expect(heard.at(-1)).toBe('vendida'));
  heard.length = 0;
});

describe('el número de la respuesta de una instancia', () => {
  it.each([
    ['un tramo nuevo', ofNorte, () => prisma.subscriptionState.updateMany({ data: { knownTo: new Date() } })],
    [
      'una excepción',
      ofNorte,
      () =>
        prisma.featureOverride.create({
          data: {
            id: v7(),
            subscriptionId,
            featureCode: 'BATCH_CONTROL',
            overrideType: 'DISABLE',
            reason: 'Mora',
            createdBy: 'alguien',
            createdAt: new Date(),
            validFrom: new Date(),
            knownFrom: new Date(),
          },
        }),
    ],
    [
      'el estado de la instancia',
      ofNorte,
      () => prisma.instanceProjection.updateMany({ data: { status: 'SUSPENDED' } }),
    ],
    [
      'una función del producto',
      ofVet,
      () => prisma.featureProjection.updateMany({ data: { retiredAt: new Date() } }),
    ],
  ])('%s lo cambia y suena, con quien lo cambia', async (_, bell, change) => {
    const before = await headOf();

    await change();

    expect(await headOf()).not.toBe(before);
    await eventually(() => expect(heard).toEqual([bell]));
  });

  it('lo que se deshace no lo cambia ni suena, y miles de filas de una sentencia suenan una vez por instancia', async () => {
    const before = await headOf();
    const undone = prisma.$transaction(async (tx) => {
      await tx.instanceProjection.updateMany({ data: { status: 'FAILED' } });
      throw new Error('deshecho');
    });
    await expect(undone).rejects.toThrow('deshecho');
    expect(await headOf()).toBe(before);

    await prisma.$executeRaw`
      INSERT INTO feature_override (id, subscription_id, feature_code, override_type, reason, created_by, created_at, valid_from, known_from)
      SELECT gen_random_uuid(), ${subscriptionId}::uuid, 'F' || n, 'ENABLE', 'x', 'y', now(), now(), now()
      FROM generate_series(1, 1000) AS n`;

    await eventually(() => expect(heard).toEqual([ofNorte]));
  });

  it('la instancia de la que no se sabe nada no sale', async () => {
    expect(await readAnswerHeads(prisma, [v7()])).toEqual(new Map());
  });
});
