import type { OperationKind } from './operation-data.ts';
import type { TenantInstanceStatus } from './tenant-instance.ts';

export type InstanceAction = 'activate' | 'fail' | 'reopen' | 'suspend' | 'resume' | 'decommission';

/**
 * Los estados de una instancia. Lo que no está aquí no puede pasar. De PROVISIONING nadie puede pedir la baja, pero
 * puede llegar: se pidió cuando era FAILED y el trabajador, que seguía vivo, la reabrió antes de hacerla.
 */
export const instanceTransitions: Readonly<
  Record<TenantInstanceStatus, Readonly<Partial<Record<InstanceAction, TenantInstanceStatus>>>>
> = {
  PROVISIONING: { activate: 'ACTIVE', fail: 'FAILED', decommission: 'DECOMMISSIONED' },
  ACTIVE: { suspend: 'SUSPENDED', decommission: 'DECOMMISSIONED' },
  FAILED: { reopen: 'PROVISIONING', decommission: 'DECOMMISSIONED' },
  SUSPENDED: { resume: 'ACTIVE', decommission: 'DECOMMISSIONED' },
  DECOMMISSIONED: {},
};

/** Lo que le pasa a la instancia cuando una operación acaba bien. PROVISION acaba con un hecho propio. */
export const actionOfSuccess: Readonly<Partial<Record<OperationKind, InstanceAction>>> = {
  SUSPEND: 'suspend',
  RESUME: 'resume',
  DECOMMISSION: 'decommission',
};
