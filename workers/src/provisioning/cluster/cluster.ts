import type { Secret } from '@farutech/kernel/secret';
import type { DatabaseTier } from '../job.ts';

/** Una instancia, como la ve el clúster. */
export interface ClusterTenant {
  readonly instanceId: string;
  readonly customerId: string;
  readonly productCode: string;
  readonly tier: DatabaseTier;
  readonly globalInstanceId: string;
  readonly namespace: string;
  /** El nombre público, sin puerto. */
  readonly hostname: string;
  /** La cadena de conexión de un Enterprise; `null` en un Standard. */
  connection(): Promise<Secret | null>;
}

/** En nombre de quién se actúa. */
export interface Holder {
  readonly operationId: string;
  readonly epoch: number;
  /** Rechaza con FencedError si la operación ya es de otro. */
  confirm(): Promise<void>;
}

/** `foreign`: hay algo con ese nombre y no es de esta instancia. */
type Presence = 'present' | 'absent' | 'foreign' | { readonly skip: string };

/**
 * Algo de una instancia que está o no está en el clúster. Poner y quitar se pueden repetir, y firman con la operación
 * y la época: por eso un paso no se da por hecho con verlo, lo hace suyo volviendo a aplicarlo.
 */
export interface Fixture {
  seen(tenant: ClusterTenant): Promise<Presence>;
  raise(tenant: ClusterTenant, holder: Holder): Promise<void>;
  /** Lo que es de otro se deja como está. */
  withdraw(tenant: ClusterTenant, holder: Holder): Promise<void>;
}

/** Un espacio de nombres que lleva nuestra etiqueta, tal como se vio. */
export interface OwnedNamespace {
  readonly name: string;
  readonly instanceId: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Cluster {
  /** El espacio de nombres, con sus cuotas, políticas de red, cuenta de servicio y secreto. */
  readonly namespace: Fixture;
  /** Por donde se llega desde fuera. */
  readonly ingress: Fixture;
  /** Lo que corre dentro: quitarlo es dejarlo a cero y recordar cuántas réplicas había. */
  readonly workloads: Fixture;
  owned(): Promise<readonly OwnedNamespace[]>;
  /** Solo si sigue tal como se vio. `false`: alguien lo tocó mientras tanto, y se queda. */
  discard(found: OwnedNamespace): Promise<boolean>;
}
