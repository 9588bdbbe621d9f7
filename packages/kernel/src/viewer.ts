/** Who may be asking. The first three work for Farutech, the next two for a customer, the last is a program. */
export const roles = [
  'PLATFORM_ADMIN',
  'SUPPORT',
  'BILLING',
  'CUSTOMER_ADMIN',
  'CUSTOMER_VIEWER',
  'CHILD_APP',
] as const;
export type Role = (typeof roles)[number];

export const staff: readonly Role[] = ['PLATFORM_ADMIN', 'SUPPORT', 'BILLING'];

/** The person or program behind a request. The gateway made it out of a verified access token. */
export interface Viewer {
  readonly sub: string;
  readonly roles: readonly Role[];
  /** The customer that a CUSTOMER_* or CHILD_APP viewer belongs to. */
  readonly tenantId: string | null;
  /** The instances of a CHILD_APP viewer. */
  readonly instanceIds: readonly string[];
}

export const hasRole = (viewer: Viewer, allowed: readonly Role[]): boolean =>
  viewer.roles.some((role) => allowed.includes(role));

/**
 * Which rows a viewer may see: all of them, those of one customer, or those of some instances.
 * Every query takes its filter from here; there is no second rule.
 */
export type Reach =
  | { readonly kind: 'everything' }
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'instances'; readonly instanceIds: readonly string[] };

export function reachOf(viewer: Viewer): Reach {
  if (hasRole(viewer, staff)) return { kind: 'everything' };
  if (hasRole(viewer, ['CUSTOMER_ADMIN', 'CUSTOMER_VIEWER']) && viewer.tenantId !== null) {
    return { kind: 'customer', customerId: viewer.tenantId };
  }
  return { kind: 'instances', instanceIds: hasRole(viewer, ['CHILD_APP']) ? viewer.instanceIds : [] };
}

export function reaches(reach: Reach, row: { instanceId?: string; customerId: string }): boolean {
  switch (reach.kind) {
    case 'everything':
      return true;
    case 'customer':
      return row.customerId === reach.customerId;
    case 'instances':
      return row.instanceId !== undefined && reach.instanceIds.includes(row.instanceId);
  }
}
