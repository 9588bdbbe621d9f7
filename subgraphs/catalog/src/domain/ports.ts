import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Cause } from '@farutech/kernel/request';
import type { PlanCode, ProductCode } from './catalog-code.ts';
import type { PlanVersion } from './plan.ts';
import type { Product } from './product.ts';

/** Lo que se pide «tomado» es de esta transacción hasta que acaba: otra que lo pida espera. */
export interface ProductStore {
  /** Toma el código aunque nadie lo tenga aún: dos manifiestos nuevos a la vez no crean dos productos. */
  takeByCode(code: ProductCode): Promise<Product | null>;
  takeById(id: string): Promise<Product | null>;
  /** El producto entero en el que está el módulo: la jerarquía no se cambia por partes. */
  takeByModule(moduleId: string): Promise<Product | null>;
  takeByFeature(featureId: string): Promise<Product | null>;
  /** Por orden: dos que los recorren a la vez se esperan, y no se abrazan. */
  allIds(): Promise<readonly string[]>;
  save(product: Product): Promise<void>;
}

export interface PlanStore {
  /** De qué producto es un código. No hace falta tomarlo: lo es para siempre. */
  productOf(code: PlanCode): Promise<string | null>;
  /** La última versión de cada código, sea del producto que sea. Quien publica esos códigos espera. */
  takeNewest(codes: readonly PlanCode[]): Promise<ReadonlyMap<PlanCode, PlanVersion>>;
  /** La última versión de cada plan de un producto ya tomado. */
  newestOf(productId: string): Promise<readonly PlanVersion[]>;
  /** Todas, por código y por número de versión. */
  versionsOf(productId: string): Promise<readonly PlanVersion[]>;
  publish(version: PlanVersion): Promise<void>;
  /** Todas las versiones que quedaban en venta. */
  retire(code: PlanCode, at: Date): Promise<void>;
}

export interface Stores {
  readonly products: ProductStore;
  readonly plans: PlanStore;
}

/** Una línea de auditoría de algo aceptado; lo rechazado se anota fuera, porque su transacción no queda. */
export interface AcceptedAudit {
  readonly action: string;
  readonly entityType: 'Product' | 'Module' | 'Feature' | 'Plan';
  readonly entityId: string;
  readonly outcome: 'ACCEPTED';
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Change<R extends { readonly id: string }> {
  readonly result: R;
  readonly events: readonly OutgoingEvent[];
  /** `null` cuando no ha cambiado nada que contar. */
  readonly audit: AcceptedAudit | null;
}

/**
 * Una transacción: filas, buzón y auditoría quedan juntas o no queda nada. Ninguna mutación del catálogo lleva
 * clave de idempotencia y ningún hecho ajeno lo cambia, así que aquí no se reclama ni se marca nada más.
 */
export type UnitOfWork = <R extends { readonly id: string }>(
  cause: Cause,
  work: (stores: Stores) => Promise<Change<R>>,
) => Promise<R>;
