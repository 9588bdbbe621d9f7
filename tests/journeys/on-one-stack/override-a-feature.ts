import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

interface Answer {
  readonly effectiveFeatures: {
    version: string;
    enabled: string[];
    features: { code: string; enabled: boolean; cause: string }[];
  };
}

const question = `query($id: ID!) { effectiveFeatures(instanceId: $id) {
  version enabled features { code enabled cause }
} }`;

it('VET_PROFESSIONAL trae BATCH_CONTROL; Disable lo apaga, y quitar la excepción lo devuelve con su versión', async () => {
  const stack = sharedStack();
  const operator = await stack.as('operator@farutech.test');
  const { id } = await provision(operator, {
    customerId: await grupoExito(operator),
    instanceCode: freshCode('norte'),
  });
  await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'));
  const app = await stack.app(id);
  const batchControl = async () => {
    const { effectiveFeatures } = await app.get<Answer>(question, { id });
    const { enabled, cause } = effectiveFeatures.features.find(({ code }) => code === 'BATCH_CONTROL') ?? {};
    return { enabled, cause, version: effectiveFeatures.version };
  };
  const { tenantInstance } = await operator.get<{ tenantInstance: { subscription: { id: string } } }>(
    'query($id: ID!) { tenantInstance(id: $id) { subscription { id } } }',
    { id },
  );
  const subscriptionId = tenantInstance.subscription.id;
  const before = await batchControl();

  await operator.get(
    'mutation($input: SetFeatureOverrideInput!) { setFeatureOverride(input: $input) { id } }',
    { input: { subscriptionId, featureCode: 'BATCH_CONTROL', overrideType: 'DISABLE', reason: 'Auditoría' } },
  );
  const during = await batchControl();
  await operator.get(
    'mutation($id: ID!) { clearFeatureOverride(subscriptionId: $id, featureCode: "BATCH_CONTROL") { id } }',
    { id: subscriptionId },
  );
  const after = await batchControl();

  expect(before).toMatchObject({ enabled: true, cause: 'PLAN' });
  expect(during).toMatchObject({ enabled: false, cause: 'OVERRIDE_DISABLE' });
  expect(during.version).not.toBe(before.version);
  expect(after).toEqual(before);
});
