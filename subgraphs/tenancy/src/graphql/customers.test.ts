import type { Viewer } from '@farutech/kernel/viewer';
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { tenancyReads } from '../persistence/queries/tenancy-reads.ts';
import {
  exito,
  failedFact,
  moveWarmMs,
  norte,
  operatorCause,
  vetProfessional,
  viewerOf,
} from '../testing/builders.ts';
import { noTenants } from '../testing/no-tenants.ts';
import type { Data } from '../testing/tenancy-client.ts';
import { startTenancyDatabase, type TenancyDatabase, testCipher } from '../testing/tenancy-database.ts';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { applyOperationFact } from '../use-cases/apply-operation-fact.ts';
import { keepDeadLetter } from '../use-cases/keep-dead-letter.ts';
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
let otherId = '';
const instances: string[] = [];

/** Dos clientes; el primero con dos instancias, la segunda fallida. */
beforeAll(async () => {
  database = await startTenancyDatabase();
  const { unitOfWork, prisma } = database;
  ({ schema } = await buildTenancySchema({ ...unwiredParts, unitOfWork, newId, clock }));
  const learnOffer = async () => ({ productExists: true, plan: vetProfessional });
  const parts = { unitOfWork, newId, clock, tenantDomain: 'tenants.farutech.test', learnOffer, moveWarmMs };
  customerId = (await registerCustomer(parts, operatorCause, exito)).id;
  otherId = (await registerCustomer(parts, operatorCause, { ...exito, taxId: '890903938-8' })).id;
  for (const instanceCode of ['norte', 'sur']) {
    const input = norte(customerId, { instanceCode });
    instances.push((await provisionTenantInstance(parts, operatorCause, admin, input)).id);
  }
  const [, instanceId = ''] = instances;
  const operation = await prisma.operation.findFirstOrThrow({ where: { tenantInstanceId: instanceId } });
  const fact = failedFact({ operationId: operation.id, instanceId, n: 1 });
  await applyOperationFact(parts, { ...operatorCause, messageId: 'fallo' }, fact);
}, 60_000);
afterAll(() => database.close());

async function ask(source: string, viewer: Viewer, variableValues: Record<string, unknown> = {}) {
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
  database.statements.length = 0;
  const answer = await graphql({ schema, source, contextValue: context, variableValues });
  const { data, errors = [] } = answer as ExecutionResult<Data>;
  const codes = errors.map(({ originalError }) => (originalError as { code?: string } | undefined)?.code);
  return { data: data ?? {}, codes, statements: database.statements.length };
}

describe('lo que cada papel ve de un cliente, también hondo dentro de una respuesta', () => {
  const everywhere = `query ($id: ID!) {
    tenantInstance(id: $id) { customer { legalName taxId billingEmail
      instances(first: 1) { edges { node { customer { taxId billingEmail } } } } } }
    tenantInstances(first: 1) { edges { node { customer { taxId billingEmail } } } } }`;
  const seen = { taxId: '890900608-9', billingEmail: 'facturas@exito.test' };
  const hidden = { taxId: null, billingEmail: null };

  it.each([
    ['PLATFORM_ADMIN', seen],
    ['SUPPORT', seen],
    ['BILLING', seen],
    ['CUSTOMER_ADMIN', seen],
    ['CUSTOMER_VIEWER', hidden],
    ['CHILD_APP', hidden],
  ] as const)('%s', async (role, personal) => {
    const viewer = viewerOf(role, { tenantId: customerId, instanceIds: instances });

    const { data, codes } = await ask(everywhere, viewer, { id: instances[0] });

    expect(codes).toEqual([]);
    expect(data).toEqual({
      tenantInstance: {
        customer: {
          legalName: exito.legalName,
          ...personal,
          instances: { edges: [{ node: { customer: personal } }] },
        },
      },
      tenantInstances: { edges: [{ node: { customer: personal } }] },
    });
  });

  it('por la puerta de la federación, igual', async () => {
    const entities = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { taxId billingEmail } } }`;
    const of = [{ __typename: 'Customer', id: customerId }];
    const viewer = viewerOf('CUSTOMER_VIEWER', { tenantId: customerId });

    expect((await ask(entities, viewer, { of })).data).toEqual({ _entities: [hidden] });
    expect((await ask(entities, admin, { of })).data).toEqual({ _entities: [seen] });
  });
});

describe('las mutaciones de clientes', () => {
  const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { legalName billingEmail taxId } }`;
  const search = `query ($search: String) { customers(search: $search) { edges { node { id } } } }`;

  it('el correo nuevo se encuentra y el viejo ya no, aunque los dos estén cifrados', async () => {
    const find = async (text: string) => (await ask(search, admin, { search: text })).data.customers.edges;

    const { data } = await ask(update, admin, { input: { id: otherId, billingEmail: 'nuevo@banco.test' } });

    expect(data.updateCustomer).toEqual({
      legalName: exito.legalName,
      billingEmail: 'nuevo@banco.test',
      taxId: '890903938-8',
    });
    expect(await find('NUEVO@banco.test')).toEqual([{ node: { id: otherId } }]);
    expect(await find('facturas@exito.test')).toEqual([{ node: { id: customerId } }]);
    expect(await find('890.903.938-8')).toEqual([{ node: { id: otherId } }]);
  });

  it('desactivar y reactivar responden con el presente', async () => {
    const change = (name: string) => `mutation ($id: ID!) { ${name}(id: $id) { id isActive } }`;

    const off = await ask(change('deactivateCustomer'), admin, { id: otherId });
    const again = await ask(change('deactivateCustomer'), admin, { id: otherId });
    const on = await ask(change('reactivateCustomer'), admin, { id: otherId });

    expect(off.data.deactivateCustomer).toEqual({ id: otherId, isActive: false });
    expect(again.codes).toEqual(['ILLEGAL_TRANSITION']);
    expect(on.data.reactivateCustomer).toEqual({ id: otherId, isActive: true });
  });

  it('quien administra a un cliente cambia el suyo; ni el ajeno, ni quién está activo', async () => {
    const viewer = viewerOf('CUSTOMER_ADMIN', { tenantId: customerId });
    const input = { legalName: 'Almacenes Éxito S.A.' };

    const own = await ask(update, viewer, { input: { id: customerId, ...input } });
    const foreign = await ask(update, viewer, { input: { id: otherId, ...input } });
    const off = await ask('mutation ($id: ID!) { deactivateCustomer(id: $id) { id } }', viewer, {
      id: customerId,
    });

    expect([own.codes, foreign.codes, off.codes]).toEqual([[], ['NOT_FOUND'], ['FORBIDDEN']]);
  });
});

describe('el resumen', () => {
  const overview =
    '{ overview { instances { status count } customers openDeadLetters operationsRunning operationsFailed } }';

  it('cuenta todo en dos sentencias, también los estados que nadie tiene', async () => {
    const { unitOfWork, prisma } = database;
    for (const messageId of ['uno', 'dos', 'tres']) {
      const letter = {
        messageId,
        worker: 'billing',
        stream: 'EVENT' as const,
        subject: 'farutech.event.x',
        aggregateId: messageId,
        correlationId: newId(),
        attempts: 5,
        code: 'X',
        reason: 'no se pudo',
        payload: {},
        deadLetteredAt: new Date().toISOString(),
      };
      await keepDeadLetter({ unitOfWork, newId, clock }, { ...operatorCause, messageId }, letter);
    }
    await prisma.deadLetter.updateMany({ where: { messageId: 'uno' }, data: { replayedAt: new Date() } });
    await prisma.deadLetter.updateMany({ where: { messageId: 'dos' }, data: { discardedAt: new Date() } });

    const { data, codes, statements } = await ask(overview, viewerOf('BILLING'));

    expect(codes).toEqual([]);
    expect(data.overview).toEqual({
      instances: [
        { status: 'PROVISIONING', count: 1 },
        { status: 'ACTIVE', count: 0 },
        { status: 'FAILED', count: 1 },
        { status: 'SUSPENDED', count: 0 },
        { status: 'DECOMMISSIONED', count: 0 },
      ],
      customers: 2,
      openDeadLetters: 1,
      operationsRunning: 1,
      operationsFailed: 1,
    });
    expect(statements).toBe(2);
  });

  it.each(['CUSTOMER_ADMIN', 'CUSTOMER_VIEWER', 'CHILD_APP'] as const)('no es para %s', async (role) => {
    const { codes } = await ask(overview, viewerOf(role, { tenantId: customerId, instanceIds: instances }));

    expect(codes).toEqual(['FORBIDDEN']);
  });
});
