import { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import { describe, expect, it } from 'vitest';
import { idOf, norte, operatorCause, vetProfessional, viewerOf } from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { provisionTenantInstance } from './provision-tenant-instance.ts';

describe('vender una instancia', () => {
  it('deja la instancia, la operación con sus pasos, la versión 1 y lo que hay que contar', async () => {
    const { tables, customer, sell } = await sellingWorld();

    const instance = await sell({ databaseTier: 'ENTERPRISE' });

    expect(tables.instances).toMatchObject([
      {
        id: instance.id,
        customerId: customer.id,
        status: 'PROVISIONING',
        version: 1,
        planVersion: 1,
        maxUsers: 25,
      },
    ]);
    const [operation] = tables.operations;
    expect(operation).toMatchObject({ state: 'SCHEDULED', kind: 'PROVISION', attempt: 0, maxAttempts: 5 });
    expect(operation?.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'reserve PENDING',
      'create-database PENDING',
      'apply-migrations PENDING',
      'seed-tenant PENDING',
      'register-namespace PENDING',
      'publish-subdomain PENDING',
      'activate PENDING',
    ]);
    expect(tables.feed).toMatchObject([{ version: 1, status: 'PROVISIONING', statusChanged: true }]);
    const told = tables.outbox.map(({ contract }) => contract.name);
    expect(told.slice(1)).toEqual([
      'ProvisionTenantInstance',
      'TenantInstanceRequested',
      'TenantInstanceStatusChanged',
    ]);
    expect(tables.audit.at(-1)).toMatchObject({ action: 'provisionTenantInstance', entityId: instance.id });
  });

  it('empieza ahora si no se dice otra cosa, y acaba después de empezar', async () => {
    const { tables, sell } = await sellingWorld();
    const startsAt = new Date('2026-06-01T00:00:00.000Z');

    await expect(sell({ startsAt, expiresAt: startsAt })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      field: 'expiresAt',
    });
    await expect(sell({ expiresAt: new Date('2020-01-01') })).rejects.toMatchObject({ field: 'expiresAt' });
    await sell();

    const requested = tables.outbox.find(({ contract }) => contract.name === 'TenantInstanceRequested');
    const { startsAt: starts, requestedAt } = tenantInstanceRequested.schema.parse(requested?.data);
    expect(starts).toBe(requestedAt);
  });

  it('cincuenta clics iguales son una operación', async () => {
    const { tables, sell } = await sellingWorld();

    const clicks = Array.from({ length: 50 }, () => sell({ idempotencyKey: 'click' }));

    const ids = new Set((await Promise.all(clicks)).map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(tables.operations).toHaveLength(1);
  });

  it('el código es único dentro del cliente', async () => {
    const { tables, sell } = await sellingWorld();
    await sell();

    await expect(sell()).rejects.toMatchObject({ code: 'INSTANCE_CODE_TAKEN', field: 'instanceCode' });
    expect(tables.operations).toHaveLength(1);
  });

  it.each([
    [{ productCode: 'FARUTECH_NADA' }, 'NOT_FOUND', 'productCode'],
    [{ planCode: 'VET_NADA' }, 'NOT_FOUND', 'planCode'],
    [{ productCode: 'FARUTECH_POS' }, 'PLAN_NOT_IN_PRODUCT', 'planCode'],
    [{ instanceCode: 'Norte' }, 'VALIDATION_FAILED', 'instanceCode'],
    [{ customerId: idOf(0xdead) }, 'NOT_FOUND', 'customerId'],
    [{ customerId: 'nadie' }, 'VALIDATION_FAILED', 'customerId'],
  ])('%j se rechaza con %s en %s y no deja nada', async (rest, code, field) => {
    const { tables, sell } = await sellingWorld();

    await expect(sell(rest)).rejects.toMatchObject({ code, field });

    expect([tables.instances, tables.operations, tables.feed]).toEqual([[], [], []]);
    expect(tables.outbox).toHaveLength(1);
  });

  it('un plan retirado ya no se vende, pero su clave de idempotencia sigue contestando', async () => {
    const { tables, sell } = await sellingWorld();
    const first = await sell({ idempotencyKey: 'antes' });
    tables.plans = [{ ...vetProfessional, retiredAt: new Date('2026-02-01') }];

    const again = await sell({ idempotencyKey: 'antes' });

    expect(again.id).toBe(first.id);
    await expect(sell({ instanceCode: 'sur' })).rejects.toMatchObject({
      code: 'PLAN_RETIRED',
      field: 'planCode',
    });
  });

  it('a un cliente inactivo no se le vende', async () => {
    const { tables, customer, sell } = await sellingWorld();
    tables.customers = [{ ...customer.snapshot(), isActive: false }];

    await expect(sell()).rejects.toMatchObject({ code: 'CUSTOMER_INACTIVE', field: 'customerId' });
  });

  it('quien administra un cliente compra para él y para ningún otro', async () => {
    const { parts, customer } = await sellingWorld();
    const input = norte(customer.id);
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: idOf(0xbeef) });
    const own = viewerOf('CUSTOMER_ADMIN', { tenantId: customer.id });

    await expect(provisionTenantInstance(parts, operatorCause, stranger, input)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'customerId',
    });
    const bought = await provisionTenantInstance(parts, operatorCause, own, input);
    expect(bought.snapshot().customerId).toBe(customer.id);
  });
});
