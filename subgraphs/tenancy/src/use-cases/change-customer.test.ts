import { describe, expect, it } from 'vitest';
import { exito, idOf, norte, operatorCause, viewerOf } from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { deactivateCustomer } from './deactivate-customer.ts';
import { provisionTenantInstance } from './provision-tenant-instance.ts';
import { reactivateCustomer } from './reactivate-customer.ts';
import { type UpdateCustomerInput, updateCustomer } from './update-customer.ts';

async function world() {
  const { parts, tables, customer } = await sellingWorld();
  const { id } = customer;
  const update = (rest: Partial<UpdateCustomerInput>, viewer = viewerOf('PLATFORM_ADMIN')) =>
    updateCustomer(parts, operatorCause, viewer, { id, ...rest });
  const sell = (instanceCode: string) =>
    provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), norte(id, { instanceCode }));
  return {
    id,
    tables,
    update,
    sell,
    deactivate: (who = id) => deactivateCustomer(parts, operatorCause, who),
    reactivate: (who = id) => reactivateCustomer(parts, operatorCause, who),
    told: () =>
      tables.outbox.filter(({ contract }) => contract.name === 'CustomerChanged').map(({ data }) => data),
  };
}

describe('cambiar los datos de un cliente', () => {
  it('cambia lo que se da, sube la revisión y lo cuenta sin datos personales', async () => {
    const { tables, update, told, id } = await world();

    await update({ billingEmail: ' Pagos@Exito.test ' });
    await update({ legalName: 'Grupo  Éxito', billingEmail: null });

    expect(tables.customers).toMatchObject([
      { legalName: 'Grupo Éxito', billingEmail: 'pagos@exito.test', taxId: '890900608-9', revision: 3 },
    ]);
    expect(told()).toMatchObject([
      { customerId: id, country: 'CO', isActive: true, revision: 2 },
      { customerId: id, country: 'CO', isActive: true, revision: 3 },
    ]);
    expect(tables.audit.slice(1).map(({ action, detail }) => [action, detail])).toEqual([
      ['updateCustomer', { changed: ['billingEmail'] }],
      ['updateCustomer', { changed: ['legalName'] }],
    ]);
    expect(JSON.stringify([tables.outbox, tables.audit])).not.toMatch(/pagos@|grupo/i);
  });

  it('los mismos datos otra vez no cambian nada ni se cuentan', async () => {
    const { tables, update, told } = await world();

    await update({ legalName: exito.legalName, billingEmail: exito.billingEmail });
    await update({ legalName: null });
    await update({});

    expect(tables.customers).toMatchObject([{ revision: 1 }]);
    expect(told()).toEqual([]);
    expect(tables.audit.map(({ action }) => action)).toEqual(['registerCustomer']);
  });

  it.each([
    [{ legalName: ' ' }, 'VALIDATION_FAILED', 'legalName'],
    [{ legalName: 'Bien S.A.', billingEmail: 'mal' }, 'VALIDATION_FAILED', 'billingEmail'],
    [{ id: 'exito', legalName: 'Bien S.A.' }, 'VALIDATION_FAILED', 'id'],
    [{ id: idOf(0xdead), legalName: 'Bien S.A.' }, 'NOT_FOUND', 'id'],
  ])('%j se rechaza con %s en %s y no deja nada', async (wrong, code, field) => {
    const { tables, update } = await world();
    const before = structuredClone([tables.customers, tables.outbox.length, tables.audit.length]);

    await expect(update(wrong)).rejects.toMatchObject({ code, field });

    expect([tables.customers, tables.outbox.length, tables.audit.length]).toEqual(before);
  });

  it('quien administra a un cliente cambia el suyo; otro es como si no existiera', async () => {
    const { update, id } = await world();
    const ofTenant = (tenantId: string) => viewerOf('CUSTOMER_ADMIN', { tenantId });

    await expect(update({ legalName: 'Ajeno S.A.' }, ofTenant(idOf(0xdead)))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'id',
    });
    const own = await update({ legalName: 'Propio S.A.' }, ofTenant(id));
    expect(own.snapshot().legalName).toBe('Propio S.A.');
  });
});

describe('desactivar y reactivar a un cliente', () => {
  it('desactivado no compra nada nuevo y lo que corre sigue; reactivado vuelve a comprar', async () => {
    const { tables, sell, deactivate, reactivate, told } = await world();
    await sell('norte');
    const before = structuredClone(tables.instances);

    await deactivate();

    await expect(sell('sur')).rejects.toMatchObject({ code: 'CUSTOMER_INACTIVE', field: 'customerId' });
    expect(tables.instances).toEqual(before);
    await reactivate();
    await sell('sur');
    expect(tables.instances).toHaveLength(2);
    expect(told()).toMatchObject([
      { isActive: false, revision: 2 },
      { isActive: true, revision: 3 },
    ]);
    expect(tables.audit.map(({ action }) => action)).toEqual([
      'registerCustomer',
      'provisionTenantInstance',
      'deactivateCustomer',
      'reactivateCustomer',
      'provisionTenantInstance',
    ]);
  });

  it('un cliente inactivo se puede corregir', async () => {
    const { tables, update, deactivate } = await world();
    await deactivate();

    await update({ legalName: 'Corregido S.A.' });

    expect(tables.customers).toMatchObject([{ legalName: 'Corregido S.A.', isActive: false, revision: 3 }]);
  });

  it('dos veces lo mismo es ILLEGAL_TRANSITION y no deja nada', async () => {
    const { tables, deactivate, reactivate } = await world();
    const refusal = { code: 'ILLEGAL_TRANSITION', field: 'id' };

    await expect(reactivate()).rejects.toMatchObject(refusal);
    await deactivate();
    const before = [tables.outbox.length, tables.audit.length];
    await expect(deactivate()).rejects.toMatchObject(refusal);

    expect([tables.outbox.length, tables.audit.length]).toEqual(before);
    expect(tables.customers).toMatchObject([{ isActive: false, revision: 2 }]);
  });

  it('dos a la vez: una lo hace y la otra ya no puede', async () => {
    const { deactivate } = await world();

    const both = await Promise.allSettled([deactivate(), deactivate()]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    ['exito', 'VALIDATION_FAILED'],
    [idOf(0xdead), 'NOT_FOUND'],
  ])('%s es %s', async (who, code) => {
    const { deactivate, reactivate } = await world();

    await expect(deactivate(who)).rejects.toMatchObject({ code, field: 'id' });
    await expect(reactivate(who)).rejects.toMatchObject({ code, field: 'id' });
  });
});
