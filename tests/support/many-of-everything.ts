import pg from 'pg';
import { expect } from 'vitest';
import type { Api } from './api.ts';
import { eventually } from './eventually.ts';
import { freshCode, type Provisioned, provisionMutation } from './instances.ts';

const families = 20;

interface Family {
  readonly productCode: string;
  readonly planCode: string;
  /** Al que pasará cada una. */
  readonly nextPlanCode: string;
}

export interface ManyOfEverything {
  /** De dos planes, y de veinte. */
  readonly products: { readonly few: string; readonly many: string };
  /** De una versión, y de veinte. */
  readonly plans: { readonly few: string; readonly many: string };
}

/**
 * Veinte productos, veinte clientes y cuarenta instancias en los que nada se repite: si cada fila nombrara al mismo
 * producto o al mismo cliente, una sentencia por clave distinta pasaría por una sola. Antes, veinte de un mismo plan.
 */
export async function makeManyOfEverything(api: Api, tenancyUrl: string): Promise<ManyOfEverything> {
  const sold: Family[] = [];
  for (let index = 0; index < families; index += 1) sold.push(await sellProduct(api, index));
  const [first, second] = sold;
  if (first === undefined || second === undefined) throw new Error('faltan productos');

  const made: { readonly id: string; readonly family: Family }[] = [];
  const buy = async (customerId: string, family: Family): Promise<void> => {
    const { productCode, planCode } = family;
    const id = await provision(api, { customerId, instanceCode: freshCode('many'), productCode, planCode });
    made.push({ id, family });
  };
  const customers: string[] = [];
  for (let index = 0; index < families; index += 1) customers.push(await registerCustomer(api, index));
  for (const customerId of customers) await buy(customerId, first);
  for (const [index, customerId] of customers.entries()) {
    for (const family of [sold[index], sold[(index + 1) % families]]) await buy(customerId, family ?? first);
  }
  await untilActive(
    api,
    made.map(({ id }) => id),
  );
  for (const { id, family } of made) {
    const subscriptionId = await subscriptionOf(api, id);
    await disableOneFeature(api, subscriptionId);
    await agreeOnAnotherPlan(api, subscriptionId, family);
    await fillTenant(api, id);
  }
  await publishVersions(api, second);
  await fillDeadLetters(tenancyUrl);

  return {
    products: { few: first.productCode, many: await productOfManyPlans(api) },
    plans: { few: first.planCode, many: second.planCode },
  };
}

/** Una carta muerta no se puede pedir. Ya descartadas: nadie las ve como algo que falló en esta pila. */
async function fillDeadLetters(tenancyUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: tenancyUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO dead_letter (id, message_id, worker, stream, subject, aggregate_id, correlation_id, attempts, code,
                                reason, payload, received_at, discarded_at, discard_reason)
       SELECT gen_random_uuid(), 'many-' || g, 'many', 'EVENT', 'farutech.event.many', 'many', gen_random_uuid(), 5,
              'MANY', 'De prueba.', '{}', now() - g * interval '1 second', now(), 'De prueba.'
       FROM generate_series(1, $1) AS g`,
      [families],
    );
  } finally {
    await client.end();
  }
}

const applyManifest =
  'mutation($manifest: JSON!) { applyProductManifest(manifest: $manifest) { applied product { id } } }';

const feature = (code: string) => ({
  code,
  name: `Función ${code}`,
  description: 'De prueba.',
  isPremium: false,
});
const plan = (code: string, includedFeatures: readonly string[]) => ({
  code,
  name: `Plan ${code}`,
  type: 'STANDARD',
  price: '10.00',
  currency: 'USD',
  interval: 'MONTH',
  maxUsers: 5,
  includedFeatures,
});
const product = (code: string, plans: readonly string[]) => ({
  code,
  name: `Producto ${code}`,
  description: 'De prueba.',
  version: '1.0.0',
  modules: ['ONE', 'TWO'].map((module) => ({
    code: module,
    name: `Módulo ${module}`,
    features: [feature(`${module}_A`), feature(`${module}_B`)],
  })),
  plans: plans.map((name) => plan(name, ['ONE_A', 'TWO_A'])),
});

async function sellProduct(api: Api, index: number): Promise<Family> {
  const productCode = `MANY_${index}`;
  const planCode = `${productCode}_BASIC`;
  const nextPlanCode = `${productCode}_PLUS`;
  await api.get(applyManifest, { manifest: product(productCode, [planCode, nextPlanCode]) });
  return { productCode, planCode, nextPlanCode };
}

async function productOfManyPlans(api: Api): Promise<string> {
  const code = 'MANY_PLANS';
  const plans = Array.from({ length: families }, (_, index) => `${code}_${index}`);
  await api.get(applyManifest, { manifest: product(code, plans) });
  return code;
}

async function publishVersions(api: Api, { productCode, planCode }: Family): Promise<void> {
  const { product: found } = await api.get<{ product: { id: string } }>(
    'query($code: String!) { product(code: $code) { id } }',
    { code: productCode },
  );
  for (let version = 2; version <= families; version += 1) {
    await api.get('mutation($input: PublishPlanInput!) { publishPlan(input: $input) { id } }', {
      input: { productId: found.id, ...plan(planCode, ['ONE_A', 'TWO_B']), maxUsers: version },
    });
  }
}

async function registerCustomer(api: Api, index: number): Promise<string> {
  const { registerCustomer: made } = await api.get<{ registerCustomer: { id: string } }>(
    'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }',
    {
      input: {
        legalName: `Muchos ${index}`,
        taxId: `MUCHOS${process.pid}${index}`,
        billingEmail: `muchos${index}@example.com`,
        country: 'UY',
      },
    },
  );
  return made.id;
}

/** Con fecha de fin, para que cada suscripción tenga algo por venir. */
async function provision(
  api: Api,
  input: { customerId: string; instanceCode: string; productCode: string; planCode: string },
): Promise<string> {
  const { provisionTenantInstance: made } = await api.get<{ provisionTenantInstance: Provisioned }>(
    provisionMutation,
    { input: { ...input, databaseTier: 'STANDARD', expiresAt: '2099-01-01T00:00:00.000Z' } },
  );
  return made.id;
}

async function untilActive(api: Api, ids: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const answer = await api.get<{
        tenantInstances: { edges: { node: { id: string; status: string } }[] };
      }>('{ tenantInstances(first: 100) { edges { node { id status } } } }');
      const waiting = answer.tenantInstances.edges
        .filter(({ node }) => ids.includes(node.id) && node.status !== 'ACTIVE')
        .map(({ node }) => node);
      expect(waiting).toEqual([]);
    },
    { withinMs: 120_000, everyMs: 250 },
  );
}

async function subscriptionOf(api: Api, instanceId: string): Promise<string> {
  const { tenantInstance } = await api.get<{ tenantInstance: { subscription: { id: string } } }>(
    'query($id: ID!) { tenantInstance(id: $id) { subscription { id } } }',
    { id: instanceId },
  );
  return tenantInstance.subscription.id;
}

async function agreeOnAnotherPlan(api: Api, subscriptionId: string, { nextPlanCode }: Family): Promise<void> {
  await api.get(
    `mutation($subscriptionId: ID!, $planCode: String!, $effectiveAt: DateTime) {
      changePlan(subscriptionId: $subscriptionId, planCode: $planCode, effectiveAt: $effectiveAt) { id }
    }`,
    { subscriptionId, planCode: nextPlanCode, effectiveAt: '2098-01-01T00:00:00.000Z' },
  );
}

async function disableOneFeature(api: Api, subscriptionId: string): Promise<void> {
  await api.get('mutation($input: SetFeatureOverrideInput!) { setFeatureOverride(input: $input) { id } }', {
    input: {
      subscriptionId,
      featureCode: 'ONE_A',
      overrideType: 'DISABLE',
      reason: 'De prueba.',
    },
  });
}

async function fillTenant(api: Api, id: string): Promise<void> {
  await api.get(
    `mutation($id: ID!, $settings: [TenantSettingInput!]!, $user: TenantUserInput!) {
      setTenantSettings(instanceId: $id, settings: $settings) { id }
      addTenantUser(instanceId: $id, input: $user) { id }
    }`,
    {
      id,
      settings: ['theme', 'locale'].map((key) => ({ key, value: 'x' })),
      user: { email: `uno@${id}.example.com`, displayName: 'Uno', role: 'USER' },
    },
  );
}
