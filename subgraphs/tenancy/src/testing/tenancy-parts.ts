import type { Customer } from '../domain/customer.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import {
  applyOperationFact,
  applyOperationFacts,
  type OperationFact,
} from '../use-cases/apply-operation-fact.ts';
import { learnOffer } from '../use-cases/learn-offer.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import {
  countedIds,
  exito,
  moveWarmMs,
  norte,
  operatorCause,
  tickingClock,
  vet,
  vetProfessional,
  viewerOf,
} from './builders.ts';
import { memoryCatalog } from './memory-catalog.ts';
import { memoryWorld } from './memory-stores.ts';

const causeOfFact = ({ data }: OperationFact, messageId = `fact:${data.operationId}:${data.n}`) => ({
  ...operatorCause,
  actor: 'consumer:tenancy-status',
  messageId,
});

/** Las partes de todos los casos de uso sobre la memoria, con un cliente que ya puede comprar. */
export async function sellingWorld() {
  const { unitOfWork, tables } = memoryWorld();
  tables.products.push(vet);
  tables.plans.push(vetProfessional);
  const asked: string[] = [];
  const asking = {
    catalog: memoryCatalog(() => tables),
    ask: async (planCode: string) => {
      asked.push(planCode);
      return { plan: null, productCodes: ['FARUTECH_VET', 'FARUTECH_POS'] };
    },
  };
  const parts = {
    unitOfWork,
    newId: countedIds(),
    clock: tickingClock(),
    moveWarmMs,
    tenantDomain: 'tenants.farutech.test',
    learnOffer: (productCode: string, planCode: string) => learnOffer(asking, productCode, planCode),
  };
  const customer: Customer = await registerCustomer(parts, operatorCause, exito);

  async function sell(rest: Parameters<typeof norte>[1] = {}): Promise<TenantInstance> {
    const input = norte(customer.id, rest);
    return await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input);
  }

  const apply = (fact: OperationFact, messageId?: string) =>
    applyOperationFact(parts, causeOfFact(fact, messageId), fact);
  const applyAll = (facts: readonly OperationFact[]) =>
    applyOperationFacts(
      parts,
      facts[0]?.data.instanceId ?? '',
      facts.map((fact) => ({ cause: causeOfFact(fact), fact })),
    );

  return { parts, tables, asked, customer, sell, apply, applyAll };
}
