import { DomainError, notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { reaches, reachOf, type Viewer } from '@farutech/kernel/viewer';
import type { AuditLine } from './ports.ts';
import type { TenantInstanceState } from './tenant-instance.ts';
import type { SettingKey, TenantSetting } from './tenant-setting.ts';
import type { TenantUser } from './tenant-user.ts';

/** Las filas de un inquilino, en su base, dentro de una transacción. */
export interface TenantRecords {
  settingKeys(): Promise<readonly SettingKey[]>;
  /** Añade lo nuevo y sustituye lo que ya estaba. */
  putSettings(settings: readonly TenantSetting[], at: Date): Promise<void>;
  countUsers(): Promise<number>;
  /** TENANT_USER_EXISTS si otro tiene ese correo. */
  addUser(user: TenantUser): Promise<void>;
  /** A quién se quitó; null si no había nadie con ese id. */
  removeUser(id: string): Promise<TenantUser | null>;
}

interface TenantChange<R> {
  readonly result: R;
  readonly audit: Omit<AuditLine, 'outcome' | 'code'>;
}

/**
 * Donde se cambian los datos de los inquilinos. De cada uno, un cambio a la vez, sea en el proceso que sea; el cambio y
 * su línea de auditoría están en dos bases, y tras una caída acaban estando los dos o ninguno.
 */
export interface TenantDesk {
  /** `admit` rechaza la instancia, y se le pregunta otra vez justo antes de que el cambio valga. NOT_FOUND si no está. */
  change<R>(
    cause: Cause,
    instanceId: string,
    admit: (instance: TenantInstanceState) => void,
    work: (records: TenantRecords, instance: TenantInstanceState) => Promise<TenantChange<R>>,
  ): Promise<R>;
}

export const instanceNotFound = (): DomainError => notFound('instanceId');

/** Solo lo que alcanza quien pregunta, y solo mientras está ACTIVE. */
export const activeWithin =
  (viewer: Viewer) =>
  ({ id, customerId, status }: TenantInstanceState): void => {
    if (!reaches(reachOf(viewer), { instanceId: id, customerId })) throw instanceNotFound();
    if (status !== 'ACTIVE') {
      throw new DomainError(
        'ILLEGAL_TRANSITION',
        `This instance is ${status}; its settings and users change only while it is ACTIVE.`,
        'instanceId',
      );
    }
  };
