/** Las filas como las ve quien lee. */
export interface CustomerView {
  readonly id: string;
  readonly legalName: string;
  readonly country: string;
  readonly isActive: boolean;
  readonly erasedAt: Date | null;
  readonly createdAt: Date;
  /** Se descifran al leerlos: casi nadie los mira. */
  readonly taxId: string;
  readonly billingEmail: string;
}

export interface InstanceView {
  readonly id: string;
  readonly customerId: string;
  readonly productId: string;
  readonly instanceCode: string;
  readonly globalInstanceId: string;
  readonly databaseTier: 'STANDARD' | 'ENTERPRISE';
  readonly status: 'PROVISIONING' | 'ACTIVE' | 'FAILED' | 'SUSPENDED' | 'DECOMMISSIONED';
  readonly kubernetesNamespace: string;
  readonly subdomainUrl: string;
  readonly createdAt: Date;
}

export interface OperationView {
  readonly id: string;
  readonly kind: 'PROVISION' | 'SUSPEND' | 'RESUME' | 'DECOMMISSION' | 'MOVE_TIER' | 'MIGRATE_SCHEMA';
  readonly state:
    | 'SCHEDULED'
    | 'RUNNING'
    | 'AWAITING_CONFIRMATION'
    | 'COMPENSATING'
    | 'SUCCEEDED'
    | 'FAILED'
    | 'COMPENSATED';
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly failure: { readonly step: string; readonly code: string; readonly message: string } | null;
  readonly correlationId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface StepView {
  readonly name: string;
  readonly state: 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED' | 'SKIPPED' | 'UNDONE';
  readonly attempt: number;
  readonly detail: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface TenantSettingView {
  readonly key: string;
  readonly value: unknown;
  readonly updatedAt: Date;
}

export interface TenantUserView {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: string;
  readonly createdAt: Date;
}

export interface InstanceFilter {
  readonly customerId?: string | null;
  readonly productCode?: string | null;
  readonly status?: InstanceView['status'] | null;
  readonly databaseTier?: InstanceView['databaseTier'] | null;
}

export interface OperationFilter {
  readonly state?: OperationView['state'] | null;
  readonly kind?: OperationView['kind'] | null;
  readonly customerId?: string | null;
}

/**
 * Filas estrictamente detrás de `after`, las más nuevas primero; `first` + 1, para que se vea si siguen más.
 */
export interface PageRequest {
  readonly first: number;
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
}
