import { type Contract, type DataOf, tell } from '@farutech/contracts/contract';
import {
  operationStepChanged,
  operationSteps,
  tenantInstanceProvisioned,
} from '@farutech/contracts/provisioning';
import { planSubscriptionActivated } from '@farutech/contracts/subscription';
import { type Messaging, openMessaging } from '@farutech/messaging/connection';
import { openLiveIterators } from '@farutech/subgraph/live';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { v7 as newId } from 'uuid';
import { expect } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../../tests/support/nats.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { parseTenancyConfig } from '../config.ts';
import { startTenancy } from '../start.ts';
import { stepFact, vetProfessional, viewerOf } from './builders.ts';
import { ask, type Data, testSecret } from './tenancy-client.ts';
import { startTenancyDatabase, type TenancyDatabase } from './tenancy-database.ts';

export const admin = viewerOf('PLATFORM_ADMIN');

export const register = `mutation ($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id taxId country } }`;
export const provision = `mutation ($input: ProvisionTenantInstanceInput!) { provisionTenantInstance(input: $input) {
  id status globalInstanceId subdomainUrl customer { legalName } currentOperation { id state steps { state } } } }`;
export const status = `subscription ($id: ID!, $after: String) { provisioningStatus(instanceId: $id, after: $after) {
  cursor status message occurredAt step { name state } operation { state attempt steps { name } }
  instance { id status instanceCode } } }`;
export const changes = `subscription ($customer: ID, $after: String) { tenantInstanceChanged(customerId: $customer, after: $after) {
  cursor status occurredAt instance { id status } } }`;

interface Sold {
  readonly id: string;
  readonly operationId: string;
}

export interface RunningTenancy {
  readonly database: TenancyDatabase;
  readonly nats: TestNats;
  /** El que escribe y consume, y otro que solo sirve: los dos sobre la misma base. */
  readonly tenancy: RunningSubgraph;
  readonly replica: RunningSubgraph;
  /** Los demás servicios: catálogo, suscripción y trabajador hablan por aquí. */
  readonly others: Messaging;
  say<C extends Contract>(contract: C, data: DataOf<C>): Promise<void>;
  registerCustomer(): Promise<string>;
  sell(customerId: string, instanceCode: string, rest?: Data, url?: string): Promise<Sold>;
  /** Lo que haría el trabajador: siete pasos y el final. */
  work(sold: Sold): Promise<void>;
  /** La historia entera, hasta que la suscripción está en marcha. */
  live(customerId: string, sold: Sold): Promise<void>;
  close(): Promise<void>;
}

export async function startRunningTenancy(): Promise<RunningTenancy> {
  const log = quietLog('tenancy-test');
  const [database, nats] = await Promise.all([startTenancyDatabase(), startTestNats()]);
  const start = (role: string): Promise<RunningSubgraph> => {
    // Aquí ningún inquilino tiene casa: a la base compartida no llega nadie.
    const urls = { DATABASE_URL: database.url, TENANTS_DATABASE_URL: database.url, NATS_URL: nats.url };
    const given = { ...urls, PORT: '0', ROLE: role };
    return startTenancy(parseTenancyConfig({ ...given, INTERNAL_TOKEN_SECRET: testSecret.reveal() }), log);
  };
  const [tenancy, replica] = await Promise.all([start('all'), start('api')]);
  const others = openMessaging({ servers: nats.url, name: 'others', log });
  await eventually(() => others.check());

  async function say<C extends Contract>(contract: C, data: DataOf<C>): Promise<void> {
    const told = tell(contract, data);
    await others.publish({
      subject: told.contract.subject(told.data),
      envelope: {
        id: newId(),
        name: contract.name,
        version: contract.version,
        aggregateId: told.contract.aggregateId(told.data),
        correlationId: newId(),
        occurredAt: new Date().toISOString(),
        data,
      },
    });
  }

  async function work(sold: Sold): Promise<void> {
    const target = (n: number) => ({
      instanceId: sold.id,
      operationId: sold.operationId,
      n,
      epoch: 1,
      attempt: 1,
    });
    for (const [index, name] of operationSteps.PROVISION.entries()) {
      const fact = stepFact(target(index + 1), name, { state: 'DONE' });
      if (fact.kind === 'OperationStepChanged') await say(operationStepChanged, fact.data);
    }
    await say(tenantInstanceProvisioned, {
      ...target(operationSteps.PROVISION.length + 1),
      databaseId: 'shared',
      databaseTier: 'STANDARD',
      connectionCiphertext: null,
      provisionedAt: new Date().toISOString(),
    });
  }

  return {
    database,
    nats,
    tenancy,
    replica,
    others,
    say,
    work,
    async registerCustomer() {
      const input = {
        legalName: 'Davivienda',
        taxId: '860.034.313-7',
        billingEmail: 'pagos@davivienda.test',
        country: 'CO',
      };
      const { data } = await ask(tenancy.url, admin, register, { input });
      return data?.registerCustomer.id;
    },
    async sell(customerId, instanceCode, rest = {}, url = tenancy.url) {
      const offer = { productCode: 'FARUTECH_VET', planCode: 'VET_PROFESSIONAL', databaseTier: 'STANDARD' };
      const input = { customerId, ...offer, instanceCode, ...rest };
      const { data, errors } = await ask(url, admin, provision, { input });
      expect(errors).toBeUndefined();
      const sold = data?.provisionTenantInstance;
      return { id: sold.id, operationId: sold.currentOperation.id };
    },
    async live(customerId, sold) {
      await work(sold);
      // Trabajador y suscripción hablan por streams distintos: aquí se fija quién llega segundo.
      await eventually(async () => {
        const row = await database.prisma.tenantInstance.findUniqueOrThrow({ where: { id: sold.id } });
        expect(row.provisionedAt).not.toBeNull();
      });
      await say(planSubscriptionActivated, {
        subscriptionId: newId(),
        instanceId: sold.id,
        customerId,
        planId: vetProfessional.planId,
        planCode: 'VET_PROFESSIONAL',
        planVersion: 1,
        maxUsers: 25,
        activatedAt: new Date().toISOString(),
      });
    },
    async close() {
      await others.close();
      await Promise.all([tenancy.close(), replica.close()]);
      await nats.close();
      await database.close();
      // Un suscriptor que queda vivo es una fuga.
      expect(openLiveIterators()).toBe(0);
    },
  };
}
