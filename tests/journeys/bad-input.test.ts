import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { freshCode, grupoExito, provision, provisionMutation } from '../support/instances.ts';
import { sharedStack } from '../support/shared.ts';

const absent = '0198a000-0000-7000-8000-000000000000';
const registerMutation =
  'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }';

interface Counts {
  readonly customers: { totalCount: number };
  readonly tenantInstances: { totalCount: number };
  readonly operations: { totalCount: number };
}
const counts = '{ customers { totalCount } tenantInstances { totalCount } operations { totalCount } }';

describe('una entrada mala dice qué está mal y no deja nada a medias', () => {
  let operator: Api;
  let customerId: string;
  beforeAll(async () => {
    operator = await sharedStack().as('operator@farutech.test');
    customerId = await grupoExito(operator);
  });

  const customer = {
    legalName: 'Veterinaria Nueva S.A.S.',
    taxId: '900555666-1',
    billingEmail: 'hola@nueva.test',
    country: 'CO',
  };
  it.each([
    ['NIT con dígito de control falso', { taxId: '900555666-9' }, 'INVALID_TAX_ID', 'taxId'],
    ['NIT de un cliente que ya está', { taxId: '890900608-9' }, 'TAX_ID_TAKEN', 'taxId'],
    ['país que no existe', { country: 'XX' }, 'VALIDATION_FAILED', 'country'],
    ['correo sin arroba', { billingEmail: 'nadie' }, 'VALIDATION_FAILED', 'billingEmail'],
    ['nombre vacío', { legalName: ' ' }, 'VALIDATION_FAILED', 'legalName'],
    ['clave de idempotencia vacía', { idempotencyKey: '' }, 'VALIDATION_FAILED', 'idempotencyKey'],
  ])('registerCustomer: %s', async (_, wrong, code, field) => {
    const before = await operator.get<Counts>(counts);

    const refusal = await operator.refusal(registerMutation, { input: { ...customer, ...wrong } });

    expect(refusal).toEqual({ code, field });
    expect(await operator.get<Counts>(counts)).toEqual(before);
  });

  it.each([
    ['código que no es una etiqueta DNS', { instanceCode: 'Norte!' }, 'VALIDATION_FAILED', 'instanceCode'],
    ['código que el cliente ya usa', { instanceCode: 'norte' }, 'INSTANCE_CODE_TAKEN', 'instanceCode'],
    ['cliente que no existe', { customerId: absent }, 'NOT_FOUND', 'customerId'],
    ['identificador que no es un UUID', { customerId: 'exito' }, 'VALIDATION_FAILED', 'customerId'],
    ['producto que no existe', { productCode: 'FARUTECH_NADA' }, 'NOT_FOUND', 'productCode'],
    ['plan que no existe', { planCode: 'VET_NADA' }, 'NOT_FOUND', 'planCode'],
    ['plan de otro producto', { planCode: 'ERP_BASIC' }, 'PLAN_NOT_IN_PRODUCT', 'planCode'],
    [
      'vencimiento anterior al inicio',
      { expiresAt: '2020-01-01T00:00:00Z' },
      'VALIDATION_FAILED',
      'expiresAt',
    ],
  ])('provisionTenantInstance: %s', async (_, wrong, code, field) => {
    const before = await operator.get<Counts>(counts);
    const input = {
      customerId,
      productCode: 'FARUTECH_VET',
      planCode: 'VET_PROFESSIONAL',
      instanceCode: freshCode('mal'),
      databaseTier: 'STANDARD',
      ...wrong,
    };

    const refusal = await operator.refusal(provisionMutation, { input });

    expect(refusal).toEqual({ code, field });
    expect(await operator.get<Counts>(counts)).toEqual(before);
  });

  it.each([
    ['página de 0', 'customers(first: 0) { totalCount }', 'VALIDATION_FAILED', 'first'],
    ['página de 101', 'tenantInstances(first: 101) { totalCount }', 'VALIDATION_FAILED', 'first'],
    ['cursor inventado', 'customers(after: "nada") { totalCount }', 'INVALID_CURSOR', 'after'],
  ])('%s', async (_, field, code, argument) => {
    expect(await operator.refusal(`{ ${field} }`)).toEqual({ code, field: argument });
  });

  it('la misma clave con la misma entrada es la misma instancia; con otra entrada se rechaza', async () => {
    const input = { customerId, instanceCode: freshCode('clave'), idempotencyKey: freshCode('k') };
    const [first, again] = [await provision(operator, input), await provision(operator, input)];

    const reused = await operator.refusal(provisionMutation, {
      input: {
        productCode: 'FARUTECH_VET',
        planCode: 'VET_PROFESSIONAL',
        databaseTier: 'STANDARD',
        ...input,
        instanceCode: freshCode('otra'),
      },
    });

    expect(again.id).toBe(first.id);
    expect(reused).toEqual({ code: 'IDEMPOTENCY_KEY_REUSED', field: 'idempotencyKey' });
  });

  it('cincuenta clics a la vez con una clave son una sola operación', async () => {
    const input = { customerId, instanceCode: freshCode('clics'), idempotencyKey: freshCode('k') };

    const answers = await Promise.all(Array.from({ length: 50 }, () => provision(operator, input)));

    const id = answers[0]?.id;
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    const { tenantInstance } = await operator.get<{ tenantInstance: { operations: { totalCount: number } } }>(
      'query($id: ID!) { tenantInstance(id: $id) { operations { totalCount } } }',
      { id },
    );
    expect(tenantInstance.operations.totalCount).toBe(1);
  });
});
