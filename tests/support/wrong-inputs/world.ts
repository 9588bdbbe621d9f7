import { expect } from 'vitest';
import type { Api } from '../api.ts';
import { eventually } from '../eventually.ts';
import { provision, statusOf } from '../instances.ts';
import type { Ledger } from '../ledger.ts';
import { documentOf } from '../mutations.ts';
import type { StackView } from '../stack.ts';

/** Lo que hace falta para que una entrada esté mal por una sola razón. */
export interface World {
  readonly operator: Api;
  readonly customerAdmin: Api;
  readonly viewer: Api;
  readonly customerId: string;
  readonly inactiveId: string;
  /** Con la que se dio de alta al cliente y se vendió su primera instancia. */
  readonly usedKey: string;
  readonly productId: string;
  readonly moduleId: string;
  readonly liveFeatureId: string;
  readonly tenants: {
    /** Su plan admite a una persona, y ya está. */
    readonly full: string;
    readonly userOfFull: string;
    readonly roomy: string;
    readonly userOfRoomy: string;
    /** Apagada. */
    readonly off: string;
  };
  /** La que hizo nacer a `full`: acabó bien. */
  readonly doneOperationId: string;
  readonly subscriptions: {
    readonly active: string;
    readonly suspended: string;
    readonly cancelled: string;
    /** El vencimiento que la activa trae en su contrato. */
    readonly expiry: string;
  };
}

const usedKey = 'la primera vez';

const plan = (code: string, maxUsers: number) => ({
  code,
  name: code,
  type: 'STANDARD',
  price: '10.00',
  includedFeatures: ['VIVA', 'RETIRADA'],
  maxUsers,
});

/** Un producto de nadie más, con una característica y un plan retirados: los de la demostración no se tocan. */
async function makeProduct(operator: Api) {
  const features = [
    { code: 'VIVA', name: 'Viva' },
    { code: 'RETIRADA', name: 'Retirada' },
  ];
  const manifest = {
    code: 'FARUTECH_WRONG',
    name: 'Farutech Wrong',
    modules: [{ code: 'UNO', name: 'Uno', features }],
    plans: [plan('WRONG_TINY', 1), plan('WRONG_BASIC', 5), plan('WRONG_OLD', 5)],
  };
  const { applyProductManifest } = await operator.get<{
    applyProductManifest: {
      product: { id: string; modules: { id: string; features: { id: string; code: string }[] }[] };
    };
  }>(
    'mutation($manifest: JSON!) { applyProductManifest(manifest: $manifest) { product { id modules { id features { id code } } } } }',
    { manifest },
  );
  const { id: productId, modules } = applyProductManifest.product;
  const made = modules[0]?.features ?? [];
  const idOf = (code: string): string => made.find((feature) => feature.code === code)?.id ?? '';
  await operator.get(documentOf('retireFeature'), { featureId: idOf('RETIRADA') });
  await operator.get(documentOf('retirePlan'), { code: 'WRONG_OLD' });
  return { productId, moduleId: modules[0]?.id ?? '', liveFeatureId: idOf('VIVA') };
}

async function register(
  operator: Api,
  legalName: string,
  taxId: string,
  idempotencyKey?: string,
): Promise<string> {
  const { registerCustomer } = await operator.get<{ registerCustomer: { id: string } }>(
    'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }',
    { input: { legalName, taxId, country: 'ES', billingEmail: 'facturas@wrong.test', idempotencyKey } },
  );
  return registerCustomer.id;
}

async function sell(operator: Api, customerId: string, instanceCode: string, rest: object): Promise<string> {
  const input = { customerId, instanceCode, productCode: 'FARUTECH_WRONG', planCode: 'WRONG_BASIC', ...rest };
  const { id } = await provision(operator, input);
  await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
  return id;
}

async function addUser(operator: Api, instanceId: string): Promise<string> {
  const input = { email: 'primera@wrong.test', displayName: 'La primera', role: 'ADMIN' };
  const { addTenantUser } = await operator.get<{ addTenantUser: { id: string } }>(
    'mutation($instanceId: ID!, $input: TenantUserInput!) { addTenantUser(instanceId: $instanceId, input: $input) { id } }',
    { instanceId, input },
  );
  return addTenantUser.id;
}

async function subscriptionOf(operator: Api, id: string) {
  const { tenantInstance } = await operator.get<{
    tenantInstance: { subscription: { id: string; scheduledChanges: { id: string; kind: string }[] } };
  }>('query($id: ID!) { tenantInstance(id: $id) { subscription { id scheduledChanges { id kind } } } }', {
    id,
  });
  return tenantInstance.subscription;
}

async function switchOff(operator: Api, id: string): Promise<void> {
  await operator.get(documentOf('suspendTenantInstance'), { id, reason: 'Para la prueba.' });
  await eventually(async () => expect(await statusOf(operator, id)).toBe('SUSPENDED'), { withinMs: 30_000 });
}

async function provisionOf(operator: Api, id: string): Promise<string> {
  const { tenantInstance } = await operator.get<{
    tenantInstance: { operations: { edges: { node: { id: string } }[] } };
  }>('query($id: ID!) { tenantInstance(id: $id) { operations(first: 1) { edges { node { id } } } } }', {
    id,
  });
  return tenantInstance.operations.edges[0]?.node.id ?? '';
}

export async function makeWorld(stack: StackView): Promise<World> {
  const [operator, customerAdmin, viewer] = await Promise.all([
    stack.as('operator@farutech.test'),
    stack.as('admin@exito.test'),
    stack.as('viewer@exito.test'),
  ]);
  const product = await makeProduct(operator);
  const customerId = await register(operator, 'Entradas S.L.', 'B10000001', usedKey);
  const inactiveId = await register(operator, 'Inactiva S.L.', 'B10000002');
  await operator.get(documentOf('deactivateCustomer'), { id: inactiveId });

  const [full, roomy, off] = await Promise.all([
    sell(operator, customerId, 'full', {
      planCode: 'WRONG_TINY',
      expiresAt: '2099-01-01T00:00:00Z',
      idempotencyKey: usedKey,
    }),
    sell(operator, customerId, 'roomy', {}),
    sell(operator, customerId, 'off', {}),
  ]);
  const [active, suspended, cancelled] = await Promise.all(
    [full, roomy, off].map((id) => subscriptionOf(operator, id)),
  );
  if (active === undefined || suspended === undefined || cancelled === undefined)
    throw new Error('falta una');
  await operator.get(documentOf('suspendSubscription'), { id: suspended.id, reason: 'Para la prueba.' });
  await operator.get(documentOf('cancelSubscription'), { id: cancelled.id, reason: 'Para la prueba.' });
  const tenants = {
    full,
    userOfFull: await addUser(operator, full),
    roomy,
    userOfRoomy: await addUser(operator, roomy),
    off,
  };
  await switchOff(operator, off);
  return {
    operator,
    customerAdmin,
    viewer,
    customerId,
    inactiveId,
    usedKey,
    ...product,
    tenants,
    doneOperationId: await provisionOf(operator, full),
    subscriptions: {
      active: active.id,
      suspended: suspended.id,
      cancelled: cancelled.id,
      expiry: active.scheduledChanges.find(({ kind }) => kind === 'EXPIRY')?.id ?? '',
    },
  };
}

/** Hasta que nadie tiene nada que contar y dos miradas seguidas ven lo mismo. */
export async function untilStill(ledger: Ledger): Promise<void> {
  await eventually(
    async () => {
      const before = await ledger.read();
      expect(await ledger.unsent()).toBe(0);
      expect(await ledger.read()).toEqual(before);
    },
    { withinMs: 20_000, everyMs: 500 },
  );
}
