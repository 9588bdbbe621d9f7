import 'reflect-metadata';
import { DomainError } from '@farutech/kernel/errors';
import { hasRole, type Role, roles } from '@farutech/kernel/viewer';
import type { GraphQLSchema } from 'graphql';
import { Extensions, type MiddlewareFn, UseMiddleware } from 'type-graphql';
import type { RequestBase } from './request-context.ts';

const allowedKey = 'authorise';
const visibleKey = 'visibleTo';
/** Las pone la federación, no una línea del subgrafo. */
const federationFields = new Set(['_service', '_entities']);

type Extended = { readonly extensions: Readonly<Record<string, unknown>> };

/** Whoever the gateway let in. */
export const everybody: readonly Role[] = roles;

/**
 * Who may run a query, a mutation or a subscription at all: FORBIDDEN for the rest, before any argument is
 * looked at and before a subscription gives its first frame. An operation without this line is refused to
 * everybody. Which rows the viewer reaches is the query's own affair.
 */
export const Authorise = (...allowed: readonly Role[]): MethodDecorator =>
  Extensions({ [allowedKey]: allowed });

/** A field that is null for viewers of other roles. It has to be nullable. */
export function VisibleTo(...allowed: readonly Role[]): PropertyDecorator & MethodDecorator {
  const guard: MiddlewareFn<RequestBase> = ({ context }, next) =>
    hasRole(context.viewer, allowed) ? next() : Promise.resolve(null);
  const decorators = [UseMiddleware(guard), Extensions({ [visibleKey]: allowed })];
  return (target: object, key: string | symbol, descriptor?: PropertyDescriptor): void => {
    for (const decorate of decorators) decorate(target, key, descriptor as never);
  };
}

function rolesUnder(key: string, field: Extended): readonly Role[] | undefined {
  const found = field.extensions[key];
  return Array.isArray(found) ? roles.filter((role) => found.includes(role)) : undefined;
}

export const rolesOf = (field: Extended): readonly Role[] | undefined => rolesUnder(allowedKey, field);
export const rolesThatSee = (field: Extended): readonly Role[] | undefined => rolesUnder(visibleKey, field);

/** Refuses a viewer who has none of the roles. */
export function demand(context: RequestBase, allowed: readonly Role[] | undefined): void {
  if (allowed === undefined || !hasRole(context.viewer, allowed)) {
    throw new DomainError('FORBIDDEN', 'Your role may not do this.');
  }
}

export interface GuardedOperation {
  /** `Mutation.publishPlan` */
  readonly operation: string;
  /** `undefined`: there is no authorise line over it, so nobody may. */
  readonly roles: readonly Role[] | undefined;
}

/** Every operation of a schema with the roles that may run it, in the order of the SDL. */
export function operationsOf(schema: GraphQLSchema): readonly GuardedOperation[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((root) =>
    Object.values(root?.getFields() ?? {})
      .filter((field) => !federationFields.has(field.name))
      .map((field) => ({ operation: `${root?.name}.${field.name}`, roles: rolesOf(field) })),
  );
}

/** The operations that lack their authorise line. A subgraph's test demands that there be none. */
export const unguarded = (schema: GraphQLSchema): readonly string[] =>
  operationsOf(schema)
    .filter(({ roles: allowed }) => allowed === undefined)
    .map(({ operation }) => operation);
