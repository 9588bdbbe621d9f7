import type { Viewer } from '@farutech/kernel/viewer';
import type { OperationData } from '../domain/operation-data.ts';
import type { TenantHome } from '../domain/ports.ts';
import type { DatabaseTier } from '../domain/tenant-instance.ts';
import { activateSubscription } from '../use-cases/activate-subscription.ts';
import { confirmTenantMove } from '../use-cases/confirm-tenant-move.ts';
import { decommissionTenantInstance } from '../use-cases/decommission-tenant-instance.ts';
import { migrateTenantSchema } from '../use-cases/migrate-tenant-schema.ts';
import { moveTenantTier } from '../use-cases/move-tenant-tier.ts';
import { resumeTenantInstance } from '../use-cases/resume-tenant-instance.ts';
import { retryOperation } from '../use-cases/retry-operation.ts';
import { revertTenantMove } from '../use-cases/revert-tenant-move.ts';
import { suspendTenantInstance } from '../use-cases/suspend-tenant-instance.ts';
import {
  homeMovedFact,
  idOf,
  operatorCause,
  preparedFact,
  provisionedFact,
  succeededFact,
  vetProfessional,
  viewerOf,
  waitsFact,
} from './builders.ts';
import { sellingWorld } from './tenancy-parts.ts';

const admin = viewerOf('PLATFORM_ADMIN');
const why = 'Porque sí.';

/** Una instancia sobre la memoria y todo lo que se le puede hacer. Nacida y ACTIVE, salvo que se diga. */
export async function livingWorld({ born: isBorn = true }: { born?: boolean } = {}) {
  const selling = await sellingWorld();
  const { parts, tables, apply } = selling;
  const instance = await selling.sell();
  const target = (operationId: string) => ({ operationId, instanceId: instance.id });
  const born = target(tables.operations[0]?.id ?? '');
  if (isBorn) {
    await apply(provisionedFact({ ...born, n: 1 }));
    const { planId, code: planCode, version: planVersion, maxUsers } = vetProfessional;
    const { customerId } = instance.snapshot();
    const bought = { planId, planCode, planVersion, maxUsers, customerId, instanceId: instance.id };
    await activateSubscription(
      parts,
      { ...operatorCause, messageId: 'activa' },
      { ...bought, subscriptionId: idOf(0xd001), activatedAt: '2026-03-01T10:00:08.000Z' },
    );
  }
  const before = tables.outbox.length;
  const { id } = instance;

  const act = {
    suspend: (reason = why, viewer: Viewer = admin) =>
      suspendTenantInstance(parts, operatorCause, viewer, { id, reason }),
    resume: () => resumeTenantInstance(parts, operatorCause, admin, id),
    decommission: (reason = why) => decommissionTenantInstance(parts, operatorCause, admin, { id, reason }),
    move: (to: DatabaseTier = 'ENTERPRISE') => moveTenantTier(parts, operatorCause, admin, { id, to }),
    migrate: () => migrateTenantSchema(parts, operatorCause, admin, id),
    confirm: (operationId: string) => confirmTenantMove(parts, operatorCause, operationId),
    revert: (operationId: string) => revertTenantMove(parts, operatorCause, operationId),
    retry: (operationId: string) => retryOperation(parts, operatorCause, operationId),
  };

  /** La operación, como quedó. */
  function of(operationId: string): OperationData {
    const found = tables.operations.find((one) => one.id === operationId);
    if (found === undefined) throw new TypeError(`no hay operación ${operationId}`);
    return found;
  }

  function home(): TenantHome {
    const [found] = tables.homes;
    if (found === undefined) throw new TypeError('el inquilino no tiene casa');
    return found;
  }

  return {
    ...selling,
    instance,
    born,
    target,
    act,
    of,
    home,
    /** El trabajador acaba bien una operación de la que aún no ha contado nada. */
    finish: (operationId: string) => apply(succeededFact({ ...target(operationId), n: 1 })),
    /** Un traslado a Enterprise que ya se mudó y espera: el siguiente hecho es el 4. */
    async waiting() {
      const { operation } = await act.move();
      const at = target(operation.id);
      await apply(preparedFact({ ...at, n: 1 }));
      await apply(homeMovedFact({ ...at, n: 2 }, 2));
      await apply(waitsFact({ ...at, n: 3 }));
      return { operationId: operation.id, at };
    },
    messages: () => tables.feed.map(({ status, message }) => `${status} ${message}`),
    /** Lo que se le ha mandado al trabajador desde que el mundo está listo. */
    orders: () =>
      tables.outbox
        .slice(before)
        .filter(({ contract }) => contract.stream === 'CMD')
        .map(({ contract, data }) => [contract.name, data as Readonly<Record<string, unknown>>] as const),
  };
}
