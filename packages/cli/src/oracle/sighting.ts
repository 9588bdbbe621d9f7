import type { ConsumerPending } from '@farutech/messaging/pending';

// Lo que se vio en todas las bases y en NATS, en filas; las leyes se comprueban después, sin E/S.
export interface Sighting {
  // El reloj de la base de tenancy.
  readonly now: Date;
  readonly instances: readonly SeenInstance[];
  readonly operations: readonly SeenOperation[];
  readonly jobs: readonly UnfinishedJob[];
  readonly homes: readonly SeenHome[];
  readonly gates: readonly SeenGate[];
  readonly reservations: readonly LiveReservation[];
  // Las bases y los roles con nombre de inquilino.
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly tenantRows: readonly SeenRows[];
  readonly subdomains: readonly { readonly host: string; readonly instanceId: string }[];
  readonly transitions: readonly SeenTransition[];
  readonly audits: readonly SeenAudit[];
  // De cada alta, cuántas veces dijo el trabajador que está en pie.
  readonly provisioned: readonly { readonly operationId: string; readonly times: number }[];
  readonly unsent: readonly { readonly database: string; readonly rows: number }[];
  readonly consumers: readonly ConsumerPending[];
  readonly deadLetters: readonly { readonly id: string; readonly worker: string; readonly code: string }[];
}

export interface SeenInstance {
  readonly id: string;
  readonly status: 'PROVISIONING' | 'ACTIVE' | 'FAILED' | 'SUSPENDED' | 'DECOMMISSIONED';
  readonly tier: string;
}

export interface SeenOperation {
  readonly id: string;
  readonly instanceId: string;
  readonly kind: string;
  readonly state: string;
  readonly startedAt: Date;
  // Su último hecho.
  readonly movedAt: Date;
}

export interface UnfinishedJob {
  readonly operationId: string;
  readonly state: string;
  readonly leaseUntil: Date | null;
}

export interface SeenHome {
  readonly tenantId: string;
  readonly databaseId: string;
  readonly tier: string;
}

// La base es `shared` o el nombre de la de un inquilino, como en tenant_home.
export interface SeenGate {
  readonly databaseId: string;
  readonly tenantId: string;
  readonly state: 'OPEN' | 'LOGGING' | 'INCOMING' | 'MOVED';
}

export interface LiveReservation {
  readonly instanceId: string;
  readonly databaseName: string;
  readonly tier: string;
  readonly dropAfter: Date | null;
}

export interface SeenRows {
  readonly databaseId: string;
  readonly table: string;
  readonly tenantId: string;
}

export interface SeenTransition {
  readonly instanceId: string;
  readonly version: number;
  readonly status: SeenInstance['status'];
  readonly at: Date;
}

export interface SeenAudit {
  readonly instanceId: string;
  readonly action: string;
  // El estado que dice el detalle, si dice alguno.
  readonly status: string | null;
  readonly at: Date;
}
