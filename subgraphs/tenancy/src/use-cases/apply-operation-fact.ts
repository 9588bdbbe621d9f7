import type { DataOf } from '@farutech/contracts/contract';
import type {
  operationAwaitsConfirmation,
  operationCompensated,
  operationFailed,
  operationStepChanged,
  operationSucceeded,
  tenantHomeMoved,
  tenantInstanceProvisioned,
  tenantMovePrepared,
} from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { PermanentError } from '@farutech/kernel/errors';
import { unreachable } from '@farutech/kernel/unreachable';
import type { Operation } from '../domain/operation.ts';
import type {
  AuditLine,
  Caused,
  Effects,
  MessageCause,
  Stores,
  TenantPlace,
  UnitOfWork,
} from '../domain/ports.ts';
import type { StatusEntry, TenantInstance } from '../domain/tenant-instance.ts';
import { feedEvents } from './tell-status.ts';

/** Lo que el trabajador de aprovisionamiento cuenta de una operación. */
export type OperationFact =
  | { readonly kind: 'OperationStepChanged'; readonly data: DataOf<typeof operationStepChanged> }
  | { readonly kind: 'TenantInstanceProvisioned'; readonly data: DataOf<typeof tenantInstanceProvisioned> }
  | { readonly kind: 'OperationSucceeded'; readonly data: DataOf<typeof operationSucceeded> }
  | { readonly kind: 'TenantMovePrepared'; readonly data: DataOf<typeof tenantMovePrepared> }
  | { readonly kind: 'TenantHomeMoved'; readonly data: DataOf<typeof tenantHomeMoved> }
  | {
      readonly kind: 'OperationAwaitsConfirmation';
      readonly data: DataOf<typeof operationAwaitsConfirmation>;
    }
  | { readonly kind: 'OperationFailed'; readonly data: DataOf<typeof operationFailed> }
  | { readonly kind: 'OperationCompensated'; readonly data: DataOf<typeof operationCompensated> };

export interface ApplyOperationFactParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  /** Lo que un traslado espera a que alguien decida antes de confirmarse solo. */
  readonly moveWarmMs: number;
}

const nothing: Effects = { events: [], audit: null };

interface Place {
  readonly databaseId: string;
  readonly databaseTier: TenantPlace['databaseTier'];
  readonly connectionCiphertext: string | null;
}

const placeOf = ({ databaseId, databaseTier, connectionCiphertext }: Place): TenantPlace => ({
  databaseId,
  databaseTier,
  connectionCipher: connectionCiphertext,
});

/** Hecha del todo: la baja se lleva la casa, y un traslado confirmado, la de antes. */
async function settleHome({ homes }: Stores, { kind }: Operation, tenantId: string): Promise<void> {
  if (kind === 'DECOMMISSION') await homes.remove(tenantId);
  if (kind === 'MOVE_TIER') await homes.forgetOther(tenantId);
}

async function apply(
  stores: Stores,
  fact: OperationFact,
  instance: TenantInstance,
  operation: Operation,
  { at, moveWarmMs }: { readonly at: Date; readonly moveWarmMs: number },
): Promise<void> {
  switch (fact.kind) {
    case 'OperationStepChanged': {
      operation.reportStep(fact.data.operationState, fact.data.step);
      const step = operation.data().steps.find(({ name }) => name === fact.data.step.name);
      if (step !== undefined) instance.progress(operation, step, at);
      return;
    }
    case 'TenantInstanceProvisioned': {
      operation.succeed(new Date(fact.data.provisionedAt));
      instance.provisioned(operation, at);
      await stores.homes.put(instance.id, placeOf(fact.data));
      return;
    }
    case 'OperationSucceeded':
      operation.succeed(new Date(fact.data.succeededAt));
      instance.succeeded(operation, at);
      await settleHome(stores, operation, instance.id);
      return;
    case 'TenantMovePrepared':
      // A quien su puerta mande allí antes de que el cambio se cuente, esto le enseña el camino.
      await stores.homes.prepare(instance.id, placeOf(fact.data));
      return;
    case 'TenantHomeMoved': {
      const { homeEpoch, databaseTier } = fact.data;
      if (!(await stores.homes.move(instance.id, placeOf(fact.data), homeEpoch))) return;
      instance.homeMoved(databaseTier, operation, at);
      return;
    }
    case 'OperationAwaitsConfirmation':
      operation.wait(new Date(Date.parse(fact.data.waitsSince) + moveWarmMs));
      instance.moveWaits(operation, at);
      return;
    case 'OperationFailed':
      operation.fail(fact.data.failure, new Date(fact.data.failedAt));
      instance.operationFailed(operation, at);
      return;
    case 'OperationCompensated':
      operation.compensated(fact.data.failure, new Date(fact.data.compensatedAt));
      instance.operationFailed(operation, at);
      // La casa que el traslado preparó, o de la que se volvió, ya no está.
      if (operation.kind === 'MOVE_TIER') await stores.homes.forgetOther(instance.id);
      return;
    default:
      return unreachable(fact);
  }
}

/** Cómo acaba una operación, dónde viven los datos y cada cambio de estado: los pasos ya están en la historia. */
function auditOf(
  fact: OperationFact,
  instance: TenantInstance,
  operation: Operation,
  entries: readonly StatusEntry[],
): AuditLine | null {
  const isStep = fact.kind === 'OperationStepChanged' || fact.kind === 'TenantMovePrepared';
  if (isStep && !entries.some((entry) => entry.statusChanged)) return null;
  return {
    action: fact.kind,
    entityType: 'TenantInstance',
    entityId: instance.id,
    outcome: 'ACCEPTED',
    detail: { status: instance.status, operationId: operation.id, failure: operation.data().failure },
  };
}

/** Un hecho y el mensaje que lo trajo. */
export interface ToldFact {
  readonly cause: MessageCause;
  readonly fact: OperationFact;
}

/** Los siguientes hechos de una instancia, en su orden: se lee una vez, cambia con cada uno y se guarda una vez. */
async function follow(
  stores: Stores,
  { clock, moveWarmMs }: ApplyOperationFactParts,
  instanceId: string,
  told: readonly ToldFact[],
): Promise<readonly Caused[]> {
  const instance = await stores.instances.lock(instanceId);
  const changed = new Map<string, Operation>();
  const caused: Caused[] = [];
  for (const { cause, fact } of told) {
    const { operationId } = fact.data;
    const operation = changed.get(operationId) ?? (await stores.operations.get(operationId));
    if (instance === null || operation === null || operation.data().instanceId !== fact.data.instanceId) {
      throw new PermanentError('OPERATION_UNKNOWN', `no operation ${operationId} of instance ${instanceId}`);
    }
    const at = clock();
    if (!operation.accept(fact.data, at)) continue;
    changed.set(operationId, operation);
    const known = instance.entries.length;
    await apply(stores, fact, instance, operation, { at, moveWarmMs });
    const entries = instance.entries.slice(known);
    const audit = auditOf(fact, instance, operation, entries);
    caused.push({ cause, effects: { events: feedEvents(entries), audit } });
  }
  if (instance === null || changed.size === 0) return caused;
  for (const operation of changed.values()) await stores.operations.save(operation);
  await stores.instances.save(instance);
  await stores.feed.append(instance.entries);
  return caused;
}

/**
 * Aplica el siguiente hecho de una operación: el que ya se aplicó no hace nada, y el que llega sin su
 * anterior vuelve (OutOfOrderError). Filas, historia y mensaje cambian juntos.
 */
export async function applyOperationFact(
  parts: ApplyOperationFactParts,
  cause: MessageCause,
  fact: OperationFact,
): Promise<void> {
  await parts.unitOfWork.react(cause, async (stores) => {
    const [caused] = await follow(stores, parts, fact.data.instanceId, [{ cause, fact }]);
    return caused?.effects ?? nothing;
  });
}

/**
 * Los hechos de una instancia que esperaban a la vez, en una transacción y no en una por hecho: un aprovisionamiento
 * cuenta quince. Si uno no puede aplicarse, o ya se aplicó, no se aplica ninguno.
 */
export async function applyOperationFacts(
  parts: ApplyOperationFactParts,
  instanceId: string,
  told: readonly ToldFact[],
): Promise<void> {
  const causes = told.map(({ cause }) => cause);
  await parts.unitOfWork.reactAll(causes, (stores) => follow(stores, parts, instanceId, told));
}
