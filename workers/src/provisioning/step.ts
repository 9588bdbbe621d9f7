import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Logger } from '@farutech/runtime/logger';
import type pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { ProvisionInput } from './job.ts';
import type { SharedTenants } from './shared-tenants.ts';
import type { TenantMigrations } from './tenant-migrations.ts';
import type { TenantTemplates } from './tenant-template.ts';

/** Lo que es igual para todas las operaciones. */
export interface Surroundings {
  /** La base de los trabajadores. */
  readonly pool: Pool;
  readonly cipher: FieldCipher;
  readonly tenantServerUrl: string;
  /** Los `host:puerto` que una cadena de conexión puede nombrar; el primero es el de las nuevas. */
  readonly tenantHosts: readonly string[];
  readonly shared: SharedTenants;
  readonly templates: TenantTemplates;
  readonly migrations: TenantMigrations;
  readonly log: Logger;
}

/** Una operación en marcha, como la ve un paso. */
export interface OperationRun extends Surroundings {
  readonly input: ProvisionInput;
  /** Sesión cercada en el servidor: para crear y quitar roles y bases. */
  server(): Promise<pg.Client>;
  /** Sesión cercada en la base donde vive el inquilino: la compartida o la suya. */
  home(): Promise<pg.Client>;
  /** Antes de quitar la base: una sesión propia abierta en ella lo impediría. */
  leaveHome(): Promise<void>;
  /** Un efecto en la base de los trabajadores: ocurre solo si la operación es nuestra todavía. */
  guarded<T>(work: (tx: PoolClient) => Promise<T>): Promise<T>;
}

type Sighting = 'done' | 'missing' | { readonly skip: string };

/** Observar, y solo si falta, actuar. Deshacer también observa: puede que el paso no llegara a actuar. */
export interface Step {
  readonly name: string;
  observe(run: OperationRun): Promise<Sighting>;
  act(run: OperationRun): Promise<void>;
  undo(run: OperationRun): Promise<void>;
}

export const isEnterprise = (run: OperationRun): boolean => run.input.databaseTier === 'ENTERPRISE';
