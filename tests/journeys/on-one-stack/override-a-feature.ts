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

interface Frame {
  readonly version: string;
  readonly plan: { readonly code: string };
  readonly features: readonly { readonly code: string; readonly enabled: boolean }[];
}

// El plan lo une catalog.
const watch = `subscription($id: ID!) { effectiveFeaturesChanged(instanceId: $id) {
  cursor version plan { code } features { code enabled }
} }`;

it('VET_PROFESSIONAL trae BATCH_CONTROL; Disable lo apaga, y quitar la excepción lo devuelve con su versión: preguntando y escuchando', async () => {
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
  const live = app.live<Frame>(watch, { id });
  const before = await batchControl();
  await live.until(({ version }) => version === before.version);

  await operator.get(
    'mutation($input: SetFeatureOverrideInput!) { setFeatureOverride(input: $input) { id } }',
    { input: { subscriptionId, featureCode: 'BATCH_CONTROL', overrideType: 'DISABLE', reason: 'Auditoría' } },
  );
  const during = await batchControl();
  await live.until(({ version }) => version === during.version);
  await operator.get(
    'mutation($id: ID!) { clearFeatureOverride(subscriptionId: $id, featureCode: "BATCH_CONTROL") { id } }',
    { id: subscriptionId },
  );
  const after = await batchControl();

  expect(before).toMatchObject({ enabled: true, cause: 'PLAN' });
  expect(during).toMatchObject({ enabled: false, cause: 'OVERRIDE_DISABLE' });
  expect(during.version).not.toBe(before.version);
  expect(after).toEqual(before);
  await eventually(() => expect(live.frames).toHaveLength(3));
  const seen = live.frames.map(({ version, plan, features }) => ({
    version,
    plan: plan.code,
    enabled: features.find(({ code }) => code === 'BATCH_CONTROL')?.enabled,
  }));
  const on = { version: before.version, plan: 'VET_PROFESSIONAL', enabled: true };
  expect(seen).toEqual([on, { ...on, version: during.version, enabled: false }, on]);
  live.cut();
});
