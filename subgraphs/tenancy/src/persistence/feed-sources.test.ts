import pg from 'pg';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exito, norte, operatorCause, tickingClock, vetProfessional, viewerOf } from '../testing/builders.ts';
import { startTenancyDatabase, type TenancyDatabase } from '../testing/tenancy-database.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import { changesSource, statusSource } from './feed-sources.ts';
import { numberChanges } from './number-changes.ts';

let database: TenancyDatabase;
let pool: pg.Pool;
let customerId: string;

beforeAll(async () => {
  database = await startTenancyDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  // Al apagarse el servidor, una sesión que aún se despide recibe su aviso.
  pool.on('error', () => undefined);
  const parts = { unitOfWork: database.unitOfWork, newId, clock: tickingClock() };
  customerId = (await registerCustomer(parts, operatorCause, exito)).id;
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.close();
});

async function sell(instanceCode: string): Promise<string> {
  const parts = {
    unitOfWork: database.unitOfWork,
    newId,
    clock: tickingClock(),
    tenantDomain: 't.test',
    learnOffer: async () => ({ productExists: true, plan: vetProfessional }),
  };
  const input = norte(customerId, { instanceCode });
  return (await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input)).id;
}

async function number(): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await numberChanges(client);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

/** Otra entrada del feed, en una transacción que sigue abierta. */
async function writing(instanceId: string, version: number) {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(
    `INSERT INTO feed (instance_id, customer_id, version, status, status_changed, payload, at)
     SELECT instance_id, customer_id, $2, 'ACTIVE', true, jsonb_set(payload, '{version}', to_jsonb($2::int)), at
     FROM feed WHERE instance_id = $1::uuid AND version = 1`,
    [instanceId, version],
  );
  return async (): Promise<void> => {
    await client.query('COMMIT');
    client.release();
  };
}

describe('el número de los cambios', () => {
  it('lo da quien va después del commit: un commit tardío con id menor no se pierde', async () => {
    const [slow, fast] = [await sell('lenta'), await sell('rauda')];
    await number();
    const changes = changesSource(database.prisma);
    const { newest } = (await changes.kept('all')) ?? { newest: 0 };
    const commitSlow = await writing(slow, 2);
    const commitFast = await writing(fast, 2);

    await commitFast();
    await number();
    const first = await changes.read('all', newest, 10);
    await commitSlow();
    await Promise.all([number(), number(), number()]);
    const rest = await changes.read('all', newest + 1, 10);

    expect(first.map(({ version, status }) => [version, status.instanceId])).toEqual([[newest + 1, fast]]);
    expect(rest.map(({ version, status }) => [version, status.instanceId])).toEqual([[newest + 2, slow]]);
    expect(await changes.heads(['all'])).toEqual(new Map([['all', newest + 2]]));
  });

  it('de una instancia se sabe qué se guarda y qué viene después', async () => {
    const instanceId = await sell('sola');
    await (await writing(instanceId, 2))();
    const source = statusSource(database.prisma);

    expect(await source.kept(instanceId)).toEqual({ oldest: 1, newest: 2 });
    expect(await source.kept(newId())).toBeNull();
    expect((await source.read(instanceId, 1, 10)).map(({ version }) => version)).toEqual([2]);
    expect(await source.heads([instanceId, newId()])).toEqual(new Map([[instanceId, 2]]));
  });
});
