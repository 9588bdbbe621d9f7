import { maxAttempts, operationSteps } from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { DomainError, invalid, notFound } from '@farutech/kernel/errors';
import { claimOf } from '@farutech/kernel/idempotency';
import { type NewId, parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { hasRole, type Viewer } from '@farutech/kernel/viewer';
import { addressOf } from '../domain/instance-address.ts';
import { parseInstanceCode } from '../domain/instance-code.ts';
import { type KnownPlan, sellable } from '../domain/known-plan.ts';
import { Operation } from '../domain/operation.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import { type DatabaseTier, TenantInstance } from '../domain/tenant-instance.ts';
import type { LearnOffer } from './learn-offer.ts';
import { orderOf, tellOrder } from './operation-order.ts';
import { tellRequested } from './tell-requested.ts';
import { feedEvents } from './tell-status.ts';

export interface ProvisionTenantInstanceInput {
  readonly customerId: string;
  readonly productCode: string;
  readonly planCode: string;
  readonly instanceCode: string;
  readonly databaseTier: DatabaseTier;
  readonly startsAt?: Date | null;
  readonly expiresAt?: Date | null;
  readonly idempotencyKey?: string | null;
}

export interface ProvisionTenantInstanceParts {
  readonly unitOfWork: UnitOfWork;
  readonly learnOffer: LearnOffer;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Bajo el que las instancias reciben su subdominio: "tenants.farutech.test". */
  readonly tenantDomain: string;
}

type Parsed = ReturnType<typeof parse>;

function parse(input: ProvisionTenantInstanceInput) {
  return {
    customerId: parseUuid(input.customerId, 'customerId'),
    productCode: input.productCode,
    planCode: input.planCode,
    instanceCode: parseInstanceCode(input.instanceCode),
    databaseTier: input.databaseTier,
    startsAt: input.startsAt ?? null,
    expiresAt: input.expiresAt ?? null,
  };
}

/** Quien administra a un cliente aprovisiona solo para él; para los demás, ese cliente no existe. */
async function checkCustomer(stores: Stores, viewer: Viewer, customerId: string): Promise<void> {
  const mine = hasRole(viewer, ['PLATFORM_ADMIN']) || viewer.tenantId === customerId;
  const customer = mine ? await stores.customers.hold(customerId) : null;
  if (customer === null) throw notFound('customerId');
  if (!customer.isActive) {
    throw new DomainError('CUSTOMER_INACTIVE', 'This customer is not active.', 'customerId');
  }
}

/**
 * Vende y encarga una instancia. Solo necesita PostgreSQL: a catalog se le pregunta antes de la transacción,
 * y solo por un código que aquí no se conoce.
 */
export async function provisionTenantInstance(
  parts: ProvisionTenantInstanceParts,
  cause: Cause,
  viewer: Viewer,
  input: ProvisionTenantInstanceInput,
): Promise<TenantInstance> {
  const { unitOfWork, learnOffer, newId, clock, tenantDomain } = parts;
  const order = parse(input);
  const at = clock();
  const startsAt = order.startsAt ?? at;
  if (order.expiresAt !== null && order.expiresAt <= startsAt) {
    throw invalid('expiresAt', 'expiresAt must be after startsAt.');
  }
  const claim = claimOf('provisionTenantInstance', cause, input.idempotencyKey, order);
  const offer = await learnOffer(order.productCode, order.planCode);

  return await unitOfWork.change(
    cause,
    async (stores) => {
      await checkCustomer(stores, viewer, order.customerId);
      const plan = sellable({ productCode: order.productCode, ...offer });
      const operation = scheduleProvision(newId, cause, order, at);
      const instance = request(operation, { ...order, startsAt }, plan, tenantDomain, at);
      const told = orderOf(operation, instance.snapshot(), null);
      operation.told(told);
      await stores.instances.add(instance);
      await stores.operations.add(operation);
      await stores.feed.append(instance.entries);
      return {
        result: instance,
        events: [tellOrder(told), tellRequested(instance.snapshot()), ...feedEvents(instance.entries)],
        audit: {
          action: 'provisionTenantInstance',
          entityType: 'TenantInstance',
          entityId: instance.id,
          outcome: 'ACCEPTED',
          detail: {
            customerId: order.customerId,
            operationId: operation.id,
            planCode: plan.code,
            planVersion: plan.version,
            instanceCode: order.instanceCode,
            databaseTier: order.databaseTier,
          },
        },
      };
    },
    claim && { claim, reload: (stores, id) => stores.instances.get(id) },
  );
}

const scheduleProvision = (newId: NewId, cause: Cause, order: Parsed, at: Date): Operation =>
  Operation.schedule({
    id: newId(),
    instanceId: newId(),
    customerId: order.customerId,
    kind: 'PROVISION',
    maxAttempts,
    correlationId: cause.correlationId,
    startedAt: at,
    stepNames: operationSteps.PROVISION,
  });

function request(
  operation: Operation,
  { customerId, instanceCode, databaseTier, startsAt, expiresAt }: Parsed & { readonly startsAt: Date },
  plan: KnownPlan,
  tenantDomain: string,
  createdAt: Date,
): TenantInstance {
  const id = operation.data().instanceId;
  const { productId, productCode, planId, code: planCode, version: planVersion, maxUsers } = plan;
  return TenantInstance.request(
    {
      id,
      customerId,
      productId,
      productCode,
      planId,
      planCode,
      planVersion,
      maxUsers,
      instanceCode,
      databaseTier,
      orderedFrom: startsAt,
      orderedUntil: expiresAt,
      createdAt,
      ...addressOf(productCode, instanceCode, id, tenantDomain),
    },
    operation,
  );
}
