import { describe, expect, it } from 'vitest';
import { countedIds, exito, operatorCause, tickingClock } from '../testing/builders.ts';
import { memoryWorld } from '../testing/memory-stores.ts';
import { type RegisterCustomerInput, registerCustomer } from './register-customer.ts';

function world() {
  const { unitOfWork, tables } = memoryWorld();
  const parts = { unitOfWork, newId: countedIds(), clock: tickingClock() };
  const register = (rest: Partial<RegisterCustomerInput> = {}, cause = operatorCause) =>
    registerCustomer(parts, cause, { ...exito, ...rest });
  return { tables, register };
}

describe('registrar un cliente', () => {
  it('guarda sus datos en su forma normal y lo cuenta sin datos personales', async () => {
    const { tables, register } = world();

    await register({ legalName: '  Almacenes   Éxito S.A. ', country: 'co' });

    expect(tables.customers).toMatchObject([
      {
        legalName: 'Almacenes Éxito S.A.',
        taxId: '890900608-9',
        billingEmail: 'facturas@exito.test',
        country: 'CO',
      },
    ]);
    expect(tables.outbox.map(({ contract }) => contract.name)).toEqual(['CustomerRegistered']);
    expect(JSON.stringify([tables.outbox, tables.audit])).not.toMatch(/890900608|exito/i);
  });

  it('el mismo NIT en el mismo país es de otro; en otro país, no', async () => {
    const { tables, register } = world();
    await register();

    const again = register({ legalName: 'Otro', taxId: '8909006089' });

    await expect(again).rejects.toMatchObject({ code: 'TAX_ID_TAKEN', field: 'taxId' });
    await register({ country: 'ES', taxId: '890900608-9' });
    expect(tables.customers).toHaveLength(2);
    expect(tables.outbox).toHaveLength(2);
  });

  it.each([
    [{ legalName: 'X' }, 'VALIDATION_FAILED', 'legalName'],
    [{ legalName: 'x'.repeat(201) }, 'VALIDATION_FAILED', 'legalName'],
    [{ country: 'ZZ' }, 'VALIDATION_FAILED', 'country'],
    [{ taxId: '890900608-1' }, 'INVALID_TAX_ID', 'taxId'],
    [{ billingEmail: 'facturas' }, 'VALIDATION_FAILED', 'billingEmail'],
    [{ idempotencyKey: '' }, 'VALIDATION_FAILED', 'idempotencyKey'],
    [{ idempotencyKey: 'ñ' }, 'VALIDATION_FAILED', 'idempotencyKey'],
  ])('%j se rechaza con %s en %s y no deja nada', async (rest, code, field) => {
    const { tables, register } = world();

    await expect(register(rest)).rejects.toMatchObject({ code, field });

    expect([tables.customers, tables.outbox, tables.audit]).toEqual([[], [], []]);
  });

  it('la misma clave da el mismo cliente; con otros datos, IDEMPOTENCY_KEY_REUSED', async () => {
    const { tables, register } = world();

    const first = await register({ idempotencyKey: 'alta-1' });
    const second = await register({ idempotencyKey: 'alta-1', taxId: '890900608 9' });

    expect(second.id).toBe(first.id);
    await expect(register({ idempotencyKey: 'alta-1', legalName: 'Otro' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      field: 'idempotencyKey',
    });
    expect(tables.customers).toHaveLength(1);
  });
});
