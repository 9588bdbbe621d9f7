import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '@farutech/prisma/migrate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { farutechVet, grupoExito, id, vetProfessional } from '../testing/facts.ts';
import { ignoreLostConnection } from '../testing/subscription-database.ts';
import { openPrisma } from './open-prisma.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/subscription/migrations/', import.meta.url));
let postgres: TestPostgres;
let firstOnly: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  firstOnly = await mkdtemp(join(tmpdir(), 'farutech-migrations-'));
  for (const name of ['20260101000000_init', 'migration_lock.toml']) {
    await cp(join(migrations, name), join(firstOnly, name), { recursive: true });
  }
}, 60_000);
afterAll(async () => {
  await rm(firstOnly, { recursive: true });
  await postgres.close();
});

it('lo vendido antes de haber cambios con fecha los tiene al migrar: su inicio si aún no llegó y su vencimiento', async () => {
  const url = await postgres.createDatabase('sold_before');
  await migrate(url, [firstOnly]);
  const prisma = openPrisma({ databaseUrl: url, onError: ignoreLostConnection });
  const sell = (n: number, status: string, startsAt: string, expiresAt: string | null) => prisma.$executeRaw`
    INSERT INTO plan_subscription
      (id, customer_id, tenant_instance_id, product_id, plan_id, status, starts_at, expires_at, created_at)
    VALUES (${id('5', n)}::uuid, ${grupoExito}::uuid, ${id('e', n)}::uuid, ${farutechVet}::uuid,
      ${vetProfessional}::uuid, ${status}::subscription_status, ${startsAt}::timestamptz, ${expiresAt}::timestamptz, now())`;
  await sell(1, 'ACTIVE', '2020-01-01T00:00:00Z', null);
  await sell(2, 'PENDING', '2998-01-01T00:00:00Z', '2999-01-01T00:00:00Z');
  await sell(3, 'ACTIVE', '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z');

  await migrate(url, [migrations]);

  const changes = await prisma.scheduledChange.findMany({
    orderBy: [{ subscriptionId: 'asc' }, { effectiveAt: 'asc' }],
  });
  expect(changes.map(({ subscriptionId, kind, requestedBy }) => [subscriptionId, kind, requestedBy])).toEqual(
    [
      [id('5', 2), 'START', 'contract'],
      [id('5', 2), 'EXPIRY', 'contract'],
      [id('5', 3), 'EXPIRY', 'contract'],
    ],
  );
  const sold = await prisma.planSubscription.findMany({ orderBy: { id: 'asc' } });
  expect(sold.map(({ revision }) => revision)).toEqual([2, 1, 2]);
  await prisma.$disconnect();
});
