import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { freshCode, grupoExito, provision, provisionMutation } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

describe('la misma petición, otra vez', () => {
  let operator: Api;
  let customerId: string;
  beforeAll(async () => {
    operator = await sharedStack().as('operator@farutech.test');
    customerId = await grupoExito(operator);
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
