import { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retell } from './retell.ts';
import {
  exito,
  homeMovedFact,
  moveWarmMs,
  norte,
  operatorCause,
  provisionedFact,
  succeededFact,
  vetProfessional,
  viewerOf,
} from './testing/builders.ts';
import { startTenancyDatabase, type TenancyDatabase } from './testing/tenancy-database.ts';
import { applyOperationFact } from './use-cases/apply-operation-fact.ts';
import { deactivateCustomer } from './use-cases/deactivate-customer.ts';
import { decommissionTenantInstance } from './use-cases/decommission-tenant-instance.ts';
import { moveTenantTier } from './use-cases/move-tenant-tier.ts';
import { provisionTenantInstance } from './use-cases/provision-tenant-instance.ts';
import { registerCustomer } from './use-cases/register-customer.ts';

const clock = (): Date => new Date();
let database: TenancyDatabase;
const customers: string[] = [];
let running = '';
let waiting = '';
let gone = '';
let moved = '';

/** Tres clientes, el último inactivo; dos instancias del primero: una hecha, la otra en camino. */
beforeAll(async () => {
  database = await startTenancyDatabase();
  const { unitOfWork, prisma } = database;
  const learnOffer = async () => ({ productExists: true, plan: vetProfessional });
  const parts = { unitOfWork, newId, clock, tenantDomain: 'tenants.farutech.test', learnOffer, moveWarmMs };
  for (const taxId of ['B12345670', 'B12345671', 'B12345672']) {
    const { id } = await registerCustomer(parts, operatorCause, { ...exito, country: 'ES', taxId });
    customers.push(id);
  }
  const sell = async (instanceCode: string, expiresAt: Date | null) => {
    const input = norte(customers[0] ?? '', { instanceCode, expiresAt });
    return (await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input)).id;
  };
  running = await sell('norte', new Date('2099-12-31T00:00:00.000Z'));
  waiting = await sell('sur', null);
  const operation = await prisma.operation.findFirstOrThrow({ where: { tenantInstanceId: running } });
  const fact = provisionedFact({ operationId: operation.id, instanceId: running, n: 1 });
  await applyOperationFact(parts, { ...operatorCause, messageId: 'hecha' }, fact);
  const born = async (instanceCode: string) => {
    const id = await sell(instanceCode, null);
    const { id: operationId } = await prisma.operation.findFirstOrThrow({ where: { tenantInstanceId: id } });
    const done = provisionedFact({ operationId, instanceId: id, n: 1 });
    await applyOperationFact(parts, { ...operatorCause, messageId: `${instanceCode} hecha` }, done);
    await prisma.tenantInstance.update({ where: { id }, data: { status: 'ACTIVE' } });
    return id;
  };
  gone = await born('este');
  const admin = viewerOf('PLATFORM_ADMIN');
  const bye = await decommissionTenantInstance(parts, operatorCause, admin, { id: gone, reason: 'Se va' });
  const left = succeededFact({ operationId: bye.id, instanceId: gone, n: 1 });
  await applyOperationFact(parts, { ...operatorCause, messageId: 'se fue' }, left);
  moved = await born('oeste');
  const move = await moveTenantTier(parts, operatorCause, admin, { id: moved, to: 'ENTERPRISE' });
  const there = homeMovedFact({ operationId: move.id, instanceId: moved, n: 1 }, 2);
  await applyOperationFact(parts, { ...operatorCause, messageId: 'se mudó' }, there);
  await deactivateCustomer(parts, operatorCause, customers[2] ?? '');
}, 60_000);
afterAll(() => database.close());

/** Lo que se cuenta otra vez, de dos en dos filas: las páginas no pierden ni repiten nada. */
async function told() {
  const [newest] = await database.prisma.outbox.findMany({ orderBy: { id: 'desc' }, take: 1 });
  const { facts } = await retell({ databaseUrl: database.url, newId, clock, batchSize: 2 });
  const rows = await database.prisma.outbox.findMany({
    where: { id: { gt: newest?.id ?? 0n } },
    orderBy: { id: 'asc' },
  });
  expect(rows).toHaveLength(facts);
  return rows;
}

describe('contar otra vez lo que otros guardan de tenancy', () => {
  it('cada cliente, con su revisión y si está activo', async () => {
    const rows = (await told()).filter(({ name }) => name === 'CustomerRegistered');

    const facts = rows.map(({ data }) => data as Record<string, unknown>);
    expect(facts.map(({ customerId, isActive, revision }) => [customerId, isActive, revision])).toEqual([
      [customers[0], true, 1],
      [customers[1], true, 1],
      [customers[2], false, 2],
    ]);
    expect(JSON.stringify(rows.map(({ data }) => data))).not.toMatch(/B1234567|exito/i);
  });

  it('de cada instancia, que se pidió, que está hecha y cómo está, en ese orden', async () => {
    const rows = await told();
    const of = (id: string) => rows.filter(({ aggregateId }) => aggregateId === id).map(({ name }) => name);

    expect(of(running)).toEqual([
      'TenantInstanceRequested',
      'TenantInstanceProvisioned',
      'TenantInstanceStatusChanged',
    ]);
    expect(of(waiting)).toEqual(['TenantInstanceRequested', 'TenantInstanceStatusChanged']);
    const newest = rows.find(
      ({ name, aggregateId }) => name === 'TenantInstanceStatusChanged' && aggregateId === running,
    );
    expect(newest?.data).toMatchObject({ version: 2, status: 'PROVISIONING', statusChanged: false });
  });

  it('de la que se dio de baja, que se pidió y que ya no está: nadie la vuelve a encender', async () => {
    const rows = (await told()).filter(({ aggregateId }) => aggregateId === gone);

    expect(rows.map(({ name }) => name)).toEqual(['TenantInstanceRequested', 'TenantInstanceStatusChanged']);
    expect(rows[1]?.data).toMatchObject({ status: 'DECOMMISSIONED' });
  });

  it('de la que se trasladó, la casa de ahora', async () => {
    const rows = (await told()).filter(({ aggregateId }) => aggregateId === moved);

    expect(rows.find(({ name }) => name === 'TenantInstanceProvisioned')?.data).toMatchObject({
      databaseId: 't_norte',
      databaseTier: 'ENTERPRISE',
    });
  });

  it('lo pedido es lo mismo que se contó la primera vez, periodo incluido', async () => {
    await told();

    const { prisma } = database;
    const requested = await prisma.outbox.findMany({
      where: { name: tenantInstanceRequested.name, aggregateId: running },
    });
    expect(requested.length).toBeGreaterThanOrEqual(2);
    for (const { data } of requested) expect(data).toEqual(requested[0]?.data);
    expect(requested[0]?.data).toMatchObject({ expiresAt: '2099-12-31T00:00:00.000Z' });
  });

  it('repetido, cuenta lo mismo con otros números de mensaje', async () => {
    const [first, second] = [await told(), await told()];

    const dataOf = (rows: typeof first) =>
      rows.map(({ name, aggregateId, data }) => ({ name, aggregateId, data }));
    expect(dataOf(second)).toEqual(dataOf(first));
    const ids = [...first, ...second].map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('de una base que no está lo dice', async () => {
    const gone = database.server.url('no_existe');

    await expect(retell({ databaseUrl: gone, newId, clock })).rejects.toThrow(/no_existe/);
  });
});
