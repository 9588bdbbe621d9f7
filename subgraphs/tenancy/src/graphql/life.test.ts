import type { Viewer } from '@farutech/kernel/viewer';
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { tenancyReads } from '../persistence/queries/tenancy-reads.ts';
import {
  exito,
  moveWarmMs,
  norte,
  operatorCause,
  provisionedFact,
  succeededFact,
  vetProfessional,
  viewerOf,
  waitsFact,
} from '../testing/builders.ts';
import { noTenants } from '../testing/no-tenants.ts';
import type { Data } from '../testing/tenancy-client.ts';
import { startTenancyDatabase, type TenancyDatabase, testCipher } from '../testing/tenancy-database.ts';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { applyOperationFact, type OperationFact } from '../use-cases/apply-operation-fact.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import type { TenancyContext } from './context.ts';
import { buildTenancySchema } from './schema.ts';

const log = quietLog('tenancy-test');
const clock = (): Date => new Date();
const admin = viewerOf('PLATFORM_ADMIN');
let database: TenancyDatabase;
let schema: GraphQLSchema;
let customerId = '';
let sold = 0;

beforeAll(async () => {
  database = await startTenancyDatabase();
  ({ schema } = await buildTenancySchema({ ...unwiredParts, unitOfWork: database.unitOfWork, newId, clock }));
  customerId = (await registerCustomer(parts(), operatorCause, exito)).id;
}, 60_000);
afterAll(() => database.close());

const parts = () => ({
  unitOfWork: database.unitOfWork,
  newId,
  clock,
  moveWarmMs,
  tenantDomain: 'tenants.farutech.test',
  learnOffer: async () => ({ productExists: true, plan: vetProfessional }),
});
const apply = (fact: OperationFact): Promise<void> =>
  applyOperationFact(parts(), { ...operatorCause, messageId: newId() }, fact);

/** Una instancia nacida y ACTIVE. */
async function active(): Promise<string> {
  sold += 1;
  const input = norte(customerId, { instanceCode: `sede-${sold}` });
  const { id } = await provisionTenantInstance(parts(), operatorCause, admin, input);
  const { id: operationId } = await database.prisma.operation.findFirstOrThrow({
    where: { tenantInstanceId: id },
  });
  await apply(provisionedFact({ operationId, instanceId: id, n: 1 }));
  await database.prisma.tenantInstance.update({ where: { id }, data: { status: 'ACTIVE' } });
  return id;
}

async function ask(source: string, variableValues: Record<string, unknown>, viewer: Viewer = admin) {
  const open = () => tenancyReads(database.prisma, testCipher, viewer, noTenants);
  const context: TenancyContext = {
    viewer,
    correlationId: newId(),
    log,
    reads: open(),
    renewReads() {
      context.reads = open();
      return context.reads;
    },
    auditRefusal: async () => undefined,
  };
  const answer = await graphql({ schema, source, contextValue: context, variableValues });
  const { data, errors = [] } = answer as ExecutionResult<Data>;
  const refusals = errors.map(({ originalError }) => {
    const { code, field } = (originalError ?? {}) as { code?: string; field?: string };
    return [code, field];
  });
  return { data: data ?? {}, refusals };
}

const operation = 'id kind state attempt maxAttempts confirmBy finishedAt steps { name state }';
const mutations = {
  suspend: `mutation ($id: ID!) { suspendTenantInstance(id: $id, reason: "Mora") { id status currentOperation { ${operation} } } }`,
  resume: `mutation ($id: ID!) { resumeTenantInstance(id: $id) { id status currentOperation { kind } } }`,
  decommission: `mutation ($id: ID!) { decommissionTenantInstance(id: $id, reason: "Se va") { id status currentOperation { kind } } }`,
  move: `mutation ($id: ID!) { moveTenantTier(id: $id, to: ENTERPRISE) { ${operation} } }`,
  migrate: `mutation ($id: ID!) { migrateTenantSchema(instanceId: $id) { ${operation} } }`,
  confirm: `mutation ($id: ID!) { confirmTenantMove(operationId: $id) { ${operation} } }`,
  revert: `mutation ($id: ID!) { revertTenantMove(operationId: $id) { ${operation} } }`,
  retry: `mutation ($id: ID!) { retryOperation(operationId: $id) { ${operation} } }`,
};
const current = `query ($id: ID!) { tenantInstance(id: $id) { status databaseTier currentOperation { kind state }
  operations { edges { node { kind state confirmBy } } } } }`;

describe('la vida de una instancia por la API', () => {
  it('apagar responde en el acto con sus pasos por delante; el segundo clic, OPERATION_IN_PROGRESS', async () => {
    const id = await active();

    const { data, refusals } = await ask(mutations.suspend, { id });
    const again = await ask(mutations.suspend, { id });

    expect(refusals).toEqual([]);
    expect(data.suspendTenantInstance).toMatchObject({
      id,
      status: 'ACTIVE',
      currentOperation: {
        kind: 'SUSPEND',
        state: 'SCHEDULED',
        attempt: 0,
        confirmBy: null,
        steps: [
          { name: 'withdraw-subdomain', state: 'PENDING' },
          { name: 'scale-down', state: 'PENDING' },
        ],
      },
    });
    expect(again.refusals).toEqual([['OPERATION_IN_PROGRESS', 'id']]);
  });

  it('un traslado que espera dice hasta cuándo, y a su lado se enseña lo que está en marcha', async () => {
    const id = await active();
    const { data } = await ask(mutations.move, { id });
    const moveId = data.moveTenantTier.id;
    await apply(waitsFact({ operationId: moveId, instanceId: id, n: 1 }));
    expect((await ask(current, { id })).data.tenantInstance.currentOperation).toEqual({
      kind: 'MOVE_TIER',
      state: 'AWAITING_CONFIRMATION',
    });

    const off = await ask(mutations.suspend, { id });

    expect(off.refusals).toEqual([]);
    expect(off.data.suspendTenantInstance.currentOperation).toMatchObject({ kind: 'SUSPEND' });
    const seen = (await ask(current, { id })).data.tenantInstance;
    expect(seen.currentOperation).toEqual({ kind: 'SUSPEND', state: 'SCHEDULED' });
    expect(seen.operations.edges.map(({ node }: Data) => [node.kind, node.confirmBy])).toEqual([
      ['SUSPEND', null],
      ['MOVE_TIER', '2026-03-02T10:00:09.000Z'],
      ['PROVISION', null],
    ]);
    const suspension = off.data.suspendTenantInstance.currentOperation.id;
    await apply(succeededFact({ operationId: suspension, instanceId: id, n: 1 }));
    const confirmed = await ask(mutations.confirm, { id: moveId });
    expect(confirmed.data.confirmTenantMove).toMatchObject({ id: moveId, state: 'RUNNING', confirmBy: null });
    expect((await ask(mutations.revert, { id: moveId })).refusals).toEqual([
      ['ILLEGAL_TRANSITION', 'operationId'],
    ]);
  });

  it('encender, dar de baja y migrar responden con su operación', async () => {
    const id = await active();
    const off = await ask(mutations.suspend, { id });
    const suspension = off.data.suspendTenantInstance.currentOperation.id;
    await apply(succeededFact({ operationId: suspension, instanceId: id, n: 1 }));

    expect((await ask(mutations.resume, { id })).data.resumeTenantInstance).toEqual({
      id,
      status: 'SUSPENDED',
      currentOperation: { kind: 'RESUME' },
    });
    const other = await active();
    expect((await ask(mutations.migrate, { id: other })).data.migrateTenantSchema).toMatchObject({
      kind: 'MIGRATE_SCHEMA',
      steps: [{ name: 'apply-migrations' }],
    });
    const third = await active();
    expect((await ask(mutations.decommission, { id: third })).data.decommissionTenantInstance).toMatchObject({
      status: 'ACTIVE',
      currentOperation: { kind: 'DECOMMISSION' },
    });
  });

  it('quien administra a un cliente apaga y enciende las suyas, y nada más', async () => {
    const id = await active();
    const own = viewerOf('CUSTOMER_ADMIN', { tenantId: customerId });
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: newId() });

    expect((await ask(mutations.suspend, { id }, stranger)).refusals).toEqual([['NOT_FOUND', 'id']]);
    for (const mutation of [mutations.decommission, mutations.move, mutations.migrate, mutations.retry]) {
      expect((await ask(mutation, { id }, own)).refusals).toEqual([['FORBIDDEN', undefined]]);
    }
    expect((await ask(mutations.suspend, { id }, own)).refusals).toEqual([]);
  });

  it.each(['SUPPORT', 'BILLING', 'CUSTOMER_VIEWER', 'CHILD_APP'] as const)(
    '%s no puede nada de esto',
    async (role) => {
      const viewer = viewerOf(role, { tenantId: customerId });

      for (const mutation of Object.values(mutations)) {
        expect((await ask(mutation, { id: newId() }, viewer)).refusals).toEqual([['FORBIDDEN', undefined]]);
      }
    },
  );
});
