import type { PoolClient } from 'pg';
import type { Claim, DatabaseTier } from './job.ts';
import { openSessions } from './session.ts';
import type { OperationRun, Surroundings } from './step.ts';
import { onDatabase, tenantDatabaseName } from './tenant-names.ts';

export interface OpenRun {
  readonly run: OperationRun;
  /** Lo que el paso quiso decir, una vez. */
  takeNote(): string | null;
  closeAll(): Promise<void>;
  giveBack(): Promise<void>;
}

/** Por qué quien trabaja puede hacerlo. */
export interface Ownership {
  isMine(): Promise<boolean>;
  guarded<T>(work: (tx: PoolClient) => Promise<T>): Promise<T>;
}

/** La operación como la ven sus pasos, con las sesiones que vaya abriendo. */
export function openRun(
  surroundings: Surroundings,
  { isMine, guarded }: Ownership,
  { input, operationId, epoch }: Pick<Claim, 'input' | 'operationId' | 'epoch'>,
): OpenRun {
  const { sessions: pool, log } = surroundings;
  const sessions = openSessions({ operationId, epoch, isMine, pool, log });
  let noted: string | null = null;

  function at(tier: DatabaseTier): OperationRun {
    const own = tier === 'ENTERPRISE';
    const homeUrl = own
      ? onDatabase(surroundings.tenantServerUrl, tenantDatabaseName(input.instanceId))
      : surroundings.shared.url;
    // La propia se quita y se crea desde fuera de ella; para un Standard basta la sesión de la compartida.
    const serverUrl = own ? surroundings.tenantServerUrl : homeUrl;
    return {
      ...surroundings,
      operationId,
      epoch,
      input,
      tier,
      server: () => sessions.open(serverUrl),
      home: () => sessions.open(homeUrl),
      leaveHome: () => sessions.close(homeUrl),
      at,
      guarded,
      note(detail) {
        noted = detail;
      },
    };
  }

  return {
    run: at(input.databaseTier),
    takeNote() {
      const detail = noted;
      noted = null;
      return detail;
    },
    closeAll: () => sessions.closeAll(),
    giveBack: () => sessions.giveBack(),
  };
}
