import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Logger } from '@farutech/runtime/logger';
import type pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { Cluster } from './cluster/cluster.ts';
import type { DatabaseTier, FactHead, Order } from './job.ts';
import type { SessionPool } from './session-pool.ts';
import type { SharedTenants } from './shared-tenants.ts';
import type { TenantMigrations } from './tenant-migrations.ts';
import type { TenantTemplates } from './tenant-template.ts';

/** Qué se hace con los datos de quien se da de baja. */
interface Leaving {
  /** Lo que se guardan antes de borrarlos. */
  readonly graceMs: number;
  /** Dónde se deja un volcado final; sin carpeta no se hace. */
  readonly dumpDir: string | undefined;
}

/** Lo que es igual para todas las operaciones. */
export interface Surroundings {
  /** La base de los trabajadores. */
  readonly pool: Pool;
  readonly cipher: FieldCipher;
  readonly tenantServerUrl: string;
  /** Los `host:puerto` que una cadena de conexión puede nombrar; el primero es el de las nuevas. */
  readonly tenantHosts: readonly string[];
  readonly shared: SharedTenants;
  readonly sessions: SessionPool;
  readonly templates: TenantTemplates;
  readonly migrations: TenantMigrations;
  readonly leaving: Leaving;
  readonly cluster: Cluster;
  readonly log: Logger;
}

/** Una operación en marcha, como la ve un paso. */
export interface OperationRun extends Surroundings {
  readonly operationId: string;
  readonly epoch: number;
  readonly input: Order;
  /** El nivel del que se habla: el de la orden, salvo tras `at`. */
  readonly tier: DatabaseTier;
  /** Sesión cercada en el servidor: para crear y quitar roles y bases. */
  server(): Promise<pg.Client>;
  /** Sesión cercada en la base donde vive el inquilino en ese nivel: la compartida o la suya. */
  home(): Promise<pg.Client>;
  /** Antes de quitar la base: una sesión propia abierta en ella lo impediría. */
  leaveHome(): Promise<void>;
  /** La misma operación, con las mismas sesiones, hablando de otro nivel. */
  at(tier: DatabaseTier): OperationRun;
  /** Un efecto en la base de los trabajadores: ocurre solo si la operación es nuestra todavía. */
  guarded<T>(work: (tx: PoolClient) => Promise<T>): Promise<T>;
  /** Lo que una persona leerá del paso cuando acabe. */
  note(detail: string): void;
}

type Sighting = 'done' | 'missing' | { readonly skip: string };

/** Un hecho a falta de su número. `at` es la hora de la transacción que lo cuenta. */
export type Telling = (head: FactHead, at: string) => OutgoingEvent;

/** Observar, y solo si falta, actuar. Deshacer también observa: puede que el paso no llegara a actuar. */
export interface Step {
  readonly name: string;
  /** Antes de empezarlo, la operación espera a que alguien la confirme. */
  readonly waits?: true;
  observe(run: OperationRun): Promise<Sighting>;
  act(run: OperationRun): Promise<void>;
  undo(run: OperationRun): Promise<void>;
  /** Lo que se cuenta en la misma transacción en que el paso se anota hecho. */
  tells?(run: OperationRun): Promise<readonly Telling[]>;
  /** Lo mismo al anotarlo deshecho. */
  tellsUndone?(run: OperationRun): Promise<readonly Telling[]>;
}

export const isEnterprise = (run: OperationRun): boolean => run.tier === 'ENTERPRISE';
