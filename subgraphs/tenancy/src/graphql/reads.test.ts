import type { Viewer } from '@farutech/kernel/viewer';
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { tenancyReads } from '../persistence/queries/tenancy-reads.ts';
import { exito, moveWarmMs, norte, operatorCause, vetProfessional, viewerOf } from '../testing/builders.ts';
import { noTenants } from '../testing/no-tenants.ts';
import { startTenancyDatabase, type TenancyDatabase, testCipher } from '../testing/tenancy-database.ts';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { applyOperationFact } from '../use-cases/apply-operation-fact.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import type { TenancyContext } from './context.ts';
import { buildTenancySchema } from './schema.ts';

const log = quietLog('tenancy-test');
const clock = (): Date => new Date();
let database: TenancyDatabase;
let schema: GraphQLSchema;
const customers: string[] = [];
const instances: string[] = [];

/** Diez clientes con seis instancias cada uno. */
beforeAll(async () => {
  database = await startTenancyDatabase();
  ({ schema } = await buildTenancySchema(unwiredParts));
  const { unitOfWork } = database;
  const parts = {
    unitOfWork,
    newId,
    clock,
    tenantDomain: 'tenants.farutech.test',
    learnOffer: async () => ({ productExists: true, plan: vetProfessional }),
  };
  for (let n = 0; n < 10; n += 1) {
    const { id } = await registerCustomer(parts, operatorCause, {
      ...exito,
      country: 'ES',
      legalName: n === 3 ? 'Clínica 100%_Norte' : `Cliente ${n}`,
      taxId: `B1234567${n}`,
      billingEmail: `pagos${n}@cliente.test`,
    });
    customers.push(id);
    for (const code of ['norte', 'sur', 'este', 'oeste', 'centro', 'lejos']) {
      const input = norte(id, { instanceCode: code });
      const instance = await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input);
      instances.push(instance.id);
    }
  }
}, 120_000);
afterAll(() => database.close());

/** La forma depende de cada consulta: lo que da JSON.parse. */
interface Data {
  readonly [field: string]: ReturnType<typeof JSON.parse>;
}

async function ask(source: string, viewer: Viewer, variableValues: Record<string, unknown> = {}) {
  const context: TenancyContext = {
    viewer,
    correlationId: newId(),
    log,
    reads: tenancyReads(database.prisma, testCipher, viewer, noTenants),
    renewReads: () => context.reads,
    auditRefusal: async () => undefined,
  };
  database.statements.length = 0;
  const answer = (await graphql({
    schema,
    source,
    contextValue: context,
    variableValues,
  })) as ExecutionResult<Data>;
  return { data: answer.data ?? {}, errors: answer.errors ?? [], statements: database.statements.length };
}

const admin = viewerOf('PLATFORM_ADMIN');
const names = (data: Data): string[] => data.customers.edges.map(({ node }: Data) => node.legalName);

describe('leer', () => {
  it('las sentencias no dependen de cuántos clientes ni cuántas instancias haya', async () => {
    const query = `query ($first: Int) { customers(first: $first) { totalCount edges { node {
      legalName taxId instances(first: $first) { totalCount edges { node {
        instanceCode customer { legalName } product { id } currentOperation { state steps { name } }
        operations(first: 2) { totalCount edges { node { kind steps { name state } } } } } } } } } } }`;

    const few = await ask(query, admin, { first: 2 });
    const many = await ask(query, admin, { first: 10 });

    expect(few.errors).toEqual([]);
    expect(many.data.customers.edges).toHaveLength(10);
    expect(many.data.customers.edges.flatMap(({ node }: Data) => node.instances.edges)).toHaveLength(60);
    expect(many.statements).toBe(few.statements);
    expect(many.statements).toBeLessThanOrEqual(9);
  });

  it('totalCount no se cuenta si nadie lo pide', async () => {
    const { statements } = await ask('{ tenantInstances { edges { node { id } } } }', admin);

    expect(statements).toBe(1);
  });

  it('las instancias de cada cliente van por páginas, las más nuevas primero', async () => {
    const query = `query ($after: String) { customers(first: 3) { edges { node { id
      instances(first: 4, after: $after) { edges { node { instanceCode } } pageInfo { hasNextPage endCursor } } } } } }`;

    const { data } = await ask(query, admin);
    const codes = data.customers.edges.map(({ node }: Data) =>
      node.instances.edges.map((edge: Data) => edge.node.instanceCode),
    );
    expect(codes).toEqual([
      ['lejos', 'centro', 'oeste', 'este'],
      ['lejos', 'centro', 'oeste', 'este'],
      ['lejos', 'centro', 'oeste', 'este'],
    ]);
    const [first] = data.customers.edges;
    const next = await ask(query, admin, { after: first.node.instances.pageInfo.endCursor });
    expect(next.data.customers.edges[0].node.instances).toMatchObject({
      edges: [{ node: { instanceCode: 'sur' } }, { node: { instanceCode: 'norte' } }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('recorrer páginas da cada instancia una vez', async () => {
    const query = `query ($after: String) { tenantInstances(first: 7, after: $after) {
      totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data }: { data: Data } = await ask(query, admin, { after });
      seen.push(...data.tenantInstances.edges.map(({ node }: Data) => node.id));
      after = data.tenantInstances.pageInfo.hasNextPage ? data.tenantInstances.pageInfo.endCursor : null;
      expect(data.tenantInstances.totalCount).toBe(60);
    } while (after !== null);

    expect(seen).toHaveLength(60);
    expect(new Set(seen)).toEqual(new Set(instances));
  });

  it.each([
    ['100%_norte', ['Clínica 100%_Norte']],
    ['clínica', ['Clínica 100%_Norte']],
    ['%', ['Clínica 100%_Norte']],
    ['B-1234567-5', ['Cliente 5']],
    ['PAGOS7@cliente.test', ['Cliente 7']],
    ['pagos7@cliente', []],
    ['B1234567', []],
    ['Cliente\0', []],
    ['\uD800', []],
  ])('buscar «%s» encuentra %j', async (search, found) => {
    const { data } = await ask(
      'query ($search: String) { customers(search: $search) { totalCount edges { node { legalName } } } }',
      admin,
      { search },
    );

    expect(names(data)).toEqual(found);
    expect(data.customers.totalCount).toBe(found.length);
  });

  it('los filtros de instancias se suman', async () => {
    const query = `query ($filter: TenantInstanceFilter) { tenantInstances(filter: $filter) { totalCount } }`;
    const count = async (filter: Record<string, unknown>) =>
      (await ask(query, admin, { filter })).data.tenantInstances.totalCount;

    expect(await count({ customerId: customers[0] })).toBe(6);
    expect(await count({ customerId: customers[0], status: 'ACTIVE' })).toBe(0);
    expect(
      await count({ productCode: 'FARUTECH_VET', databaseTier: 'STANDARD', status: 'PROVISIONING' }),
    ).toBe(60);
    expect(await count({ databaseTier: 'ENTERPRISE' })).toBe(0);
    expect(await count({ customerId: 'nadie' })).toBe(0);
    expect(await count({ productCode: 'FARUTECH_VET\0' })).toBe(0);
  });
});

describe('lo que cada quien ve', () => {
  const everything = `query ($customer: ID!, $instance: ID!) {
    customers { edges { node { id taxId billingEmail } } }
    customer(id: $customer) { id } tenantInstance(id: $instance) { id }
    tenantInstances(first: 100) { totalCount edges { node { id } } }
    operations(first: 100) { totalCount } }`;

  it('quien trabaja para un cliente ve el suyo, y el ajeno es como si no existiera', async () => {
    const [own, other] = customers;
    const viewer = viewerOf('CUSTOMER_ADMIN', { tenantId: own ?? null });

    const { data, errors } = await ask(everything, viewer, { customer: other, instance: instances[6] });

    expect(errors).toEqual([]);
    expect(data.customers.edges).toEqual([
      { node: { id: own, taxId: 'B12345670', billingEmail: 'pagos0@cliente.test' } },
    ]);
    expect([data.customer, data.tenantInstance]).toEqual([null, null]);
    expect([data.tenantInstances.totalCount, data.operations.totalCount]).toEqual([6, 6]);
  });

  it('quien solo mira no ve datos personales ni puede buscar por ellos', async () => {
    const viewer = viewerOf('CUSTOMER_VIEWER', { tenantId: customers[0] ?? null });

    const { data } = await ask('{ customers { edges { node { legalName taxId billingEmail } } } }', viewer);
    const search = await ask('{ customers(search: "B12345670") { totalCount } }', viewer);

    expect(data.customers.edges).toEqual([
      { node: { legalName: 'Cliente 0', taxId: null, billingEmail: null } },
    ]);
    expect(search.data.customers.totalCount).toBe(0);
  });

  it('un programa ve su instancia y de quién es, y nada más', async () => {
    const viewer = viewerOf('CHILD_APP', {
      tenantId: customers[0] ?? null,
      instanceIds: [instances[0] ?? ''],
    });
    const mine = `query ($mine: ID!, $other: ID!) { mine: tenantInstance(id: $mine) { id
      customer { legalName taxId billingEmail instances { totalCount } } operations { totalCount } }
      other: tenantInstance(id: $other) { id } tenantInstances { totalCount } operations { totalCount } }`;

    const { data, errors } = await ask(mine, viewer, { mine: instances[0], other: instances[1] });
    const refused = await ask('{ customers { totalCount } }', viewer);

    expect(errors).toEqual([]);
    expect(data.mine).toEqual({
      id: instances[0],
      customer: { legalName: 'Cliente 0', taxId: null, billingEmail: null, instances: { totalCount: 1 } },
      operations: { totalCount: 1 },
    });
    expect([data.other, data.tenantInstances.totalCount, data.operations.totalCount]).toEqual([null, 1, 1]);
    expect(refused.errors[0]?.originalError).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('un alcance que no es un UUID no alcanza nada, y no rompe nada', async () => {
    const viewer = viewerOf('CUSTOMER_ADMIN', { tenantId: "'; DROP TABLE customer" });

    const { data, errors } = await ask(everything, viewer, {
      customer: customers[0],
      instance: instances[0],
    });

    expect(errors).toEqual([]);
    expect([data.customer, data.tenantInstance, data.tenantInstances.totalCount]).toEqual([null, null, 0]);
  });

  it('las entidades de la federación se filtran igual y van en un lote', async () => {
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on TenantInstance { id status } } }`;
    const all = instances.map((id) => ({ __typename: 'TenantInstance', id }));
    const viewer = viewerOf('CUSTOMER_VIEWER', { tenantId: customers[0] ?? null });

    const { data, statements } = await ask(query, viewer, { all });

    expect(data._entities.filter((one: unknown) => one !== null)).toHaveLength(6);
    expect(statements).toBe(1);
  });

  it('una operación dice por qué fracasó', async () => {
    const { prisma, unitOfWork } = database;
    const operation = await prisma.operation.findFirstOrThrow({
      where: { tenantInstanceId: instances[0] ?? '' },
    });
    const failure = { step: 'create-database', code: 'DATABASE_FULL', message: 'The server is full.' };
    await applyOperationFact(
      { unitOfWork, clock, moveWarmMs },
      { ...operatorCause, messageId: 'fact:1' },
      {
        kind: 'OperationFailed',
        data: {
          operationId: operation.id,
          instanceId: operation.tenantInstanceId,
          epoch: 1,
          n: 1,
          attempt: 5,
          failure,
          failedAt: '2026-03-01T10:00:09.000Z',
        },
      },
    );
    const query = `query ($id: ID!, $instance: ID!) { operation(id: $id) { state attempt failure { step code message } }
      tenantInstance(id: $instance) { status currentOperation { id } } }`;

    const { data } = await ask(query, admin, { id: operation.id, instance: instances[0] });

    expect(data).toMatchObject({
      operation: { state: 'FAILED', attempt: 5, failure },
      tenantInstance: { status: 'FAILED', currentOperation: null },
    });
  });
});

describe('lo que se pide mal', () => {
  it.each([
    ['{ tenantInstances(first: 0) { totalCount } }', 'VALIDATION_FAILED', 'first'],
    ['{ tenantInstances(first: 101) { totalCount } }', 'VALIDATION_FAILED', 'first'],
    ['{ tenantInstances(after: "nada") { totalCount } }', 'INVALID_CURSOR', 'after'],
    ['{ tenantInstance { id } }', 'VALIDATION_FAILED', 'id'],
  ])('%s es %s en %s', async (query, code, field) => {
    const { errors } = await ask(query, admin);

    expect(errors[0]?.originalError).toMatchObject({ code, field });
  });

  it('un id que no lo es no existe', async () => {
    const { data, errors } = await ask(
      '{ customer(id: "x") { id } tenantInstance(id: "y") { id } operation(id: "z") { id } }',
      admin,
    );
    const byName = 'query ($id: String) { tenantInstance(globalInstanceId: $id) { id } }';
    expect((await ask(byName, admin, { id: 'vet-\0' })).data).toEqual({ tenantInstance: null });

    expect(errors).toEqual([]);
    expect(data).toEqual({ customer: null, tenantInstance: null, operation: null });
  });
});
