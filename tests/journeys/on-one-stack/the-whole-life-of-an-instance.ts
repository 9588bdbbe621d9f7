import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

let operator: Api;
let customerAdmin: Api;
beforeAll(async () => {
  const stack = sharedStack();
  [operator, customerAdmin] = await Promise.all([
    stack.as('operator@farutech.test'),
    stack.as('admin@exito.test'),
  ]);
});

const patience = { withinMs: 30_000 };

async function born(databaseTier: 'STANDARD' | 'ENTERPRISE'): Promise<string> {
  const customerId = await grupoExito(operator);
  const { id } = await provision(operator, { customerId, instanceCode: freshCode('vida'), databaseTier });
  await becomes(id, 'ACTIVE');
  return id;
}

const becomes = (id: string, status: string): Promise<void> =>
  eventually(async () => expect(await statusOf(operator, id)).toBe(status), patience);

interface Seen {
  readonly status: string;
  readonly databaseTier: string;
  readonly currentOperation: { readonly id: string; readonly kind: string; readonly state: string } | null;
  readonly operations: {
    readonly edges: readonly { node: { kind: string; state: string; failure: { code: string } | null } }[];
  };
  readonly users: { readonly edges: readonly { node: { email: string } }[] };
}

async function look(id: string): Promise<Seen> {
  const { tenantInstance } = await operator.get<{ tenantInstance: Seen }>(
    `query($id: ID!) { tenantInstance(id: $id) { status databaseTier currentOperation { id kind state }
       operations { edges { node { kind state failure { code } } } } users { edges { node { email } } } } }`,
    { id },
  );
  return tenantInstance;
}

/** La última operación de la instancia acaba así. */
const ends = (id: string, kind: string, state: string): Promise<void> =>
  eventually(async () => {
    const { operations } = await look(id);
    expect(operations.edges[0]?.node).toMatchObject({ kind, state });
  }, patience);

async function ask(mutation: string, variables: Record<string, unknown>, api = operator): Promise<string> {
  const types: Readonly<Record<string, string>> = { reason: 'String!', to: 'DatabaseTier!' };
  const names = Object.keys(variables);
  const declared = names.map((name) => `$${name}: ${types[name] ?? 'ID!'}`).join(', ');
  const given = names.map((name) => `${name}: $${name}`).join(', ');
  const answer = await api.get<Record<string, { id: string }>>(
    `mutation(${declared}) { ${mutation}(${given}) { id } }`,
    variables,
  );
  return answer[mutation]?.id ?? '';
}

const addUser = (id: string, email: string): Promise<unknown> =>
  operator.get(
    'mutation($id: ID!, $input: TenantUserInput!) { addTenantUser(instanceId: $id, input: $input) { id } }',
    { id, input: { email, displayName: 'Ana', role: 'VET' } },
  );
const emails = async (id: string): Promise<readonly string[]> =>
  (await look(id)).users.edges.map(({ node }) => node.email).toSorted();

// Cada una es una instancia distinta: a la vez tardan lo que la más lenta.
describe.concurrent.each(['STANDARD', 'ENTERPRISE'] as const)('una instancia %s', (tier) => {
  const other = tier === 'STANDARD' ? 'ENTERPRISE' : 'STANDARD';

  it('se apaga y se enciende, también por quien administra a su cliente', async () => {
    const id = await born(tier);

    await ask('suspendTenantInstance', { id, reason: 'Mora' }, customerAdmin);
    await becomes(id, 'SUSPENDED');
    await ask('resumeTenantInstance', { id }, customerAdmin);
    await becomes(id, 'ACTIVE');

    const { operations, currentOperation } = await look(id);
    expect(operations.edges.map(({ node }) => `${node.kind} ${node.state}`)).toEqual([
      'RESUME SUCCEEDED',
      'SUSPEND SUCCEEDED',
      'PROVISION SUCCEEDED',
    ]);
    expect(currentOperation).toBeNull();
  }, 90_000);

  it('se traslada al otro nivel con sus datos, espera, se confirma y se migra allí', async () => {
    const id = await born(tier);
    await addUser(id, 'antes@vida.test');

    const operationId = await ask('moveTenantTier', { id, to: other });
    await ends(id, 'MOVE_TIER', 'AWAITING_CONFIRMATION');
    expect((await look(id)).databaseTier).toBe(other);
    await addUser(id, 'durante@vida.test');
    await ask('confirmTenantMove', { operationId });
    await ends(id, 'MOVE_TIER', 'SUCCEEDED');

    expect(await emails(id)).toEqual(['antes@vida.test', 'durante@vida.test']);
    await ask('migrateTenantSchema', { instanceId: id });
    await ends(id, 'MIGRATE_SCHEMA', 'SUCCEEDED');
  }, 90_000);

  it('vuelve de un traslado con lo que se escribió allí, y se traslada otra vez', async () => {
    const id = await born(tier);
    await addUser(id, 'antes@vida.test');
    const operationId = await ask('moveTenantTier', { id, to: other });
    await ends(id, 'MOVE_TIER', 'AWAITING_CONFIRMATION');
    await addUser(id, 'durante@vida.test');

    await ask('revertTenantMove', { operationId });
    await ends(id, 'MOVE_TIER', 'COMPENSATED');

    const { databaseTier, operations } = await look(id);
    expect([databaseTier, operations.edges[0]?.node.failure?.code]).toEqual([tier, 'MOVE_REVERTED']);
    expect(await emails(id)).toEqual(['antes@vida.test', 'durante@vida.test']);
    await ask('retryOperation', { operationId });
    await ends(id, 'MOVE_TIER', 'AWAITING_CONFIRMATION');
    expect(await emails(id)).toEqual(['antes@vida.test', 'durante@vida.test']);
    await ask('suspendTenantInstance', { id, reason: 'A la vez' });
    await becomes(id, 'SUSPENDED');
    await ask('confirmTenantMove', { operationId });
    await eventually(async () => {
      const { operations: all } = await look(id);
      expect(all.edges.map(({ node }) => `${node.kind} ${node.state}`)).toContain('MOVE_TIER SUCCEEDED');
    }, patience);
  }, 120_000);

  it('se da de baja: nadie entra más, su suscripción acaba y no se vuelve a levantar', async () => {
    const id = await born(tier);

    await ask('decommissionTenantInstance', { id, reason: 'Se va' });
    await becomes(id, 'DECOMMISSIONED');

    await eventually(async () => {
      const { tenantInstance } = await operator.get<{ tenantInstance: { subscription: { status: string } } }>(
        'query($id: ID!) { tenantInstance(id: $id) { subscription { status } } }',
        { id },
      );
      expect(tenantInstance.subscription.status).toBe('CANCELLED');
    }, patience);
    for (const mutation of ['resumeTenantInstance', 'suspendTenantInstance']) {
      const reason = mutation === 'suspendTenantInstance' ? { reason: 'x' } : {};
      await expect(ask(mutation, { id, ...reason })).rejects.toThrow(/ILLEGAL_TRANSITION/);
    }
  }, 90_000);
});
