import { DomainError } from '@farutech/kernel/errors';
import type { GraphQLFieldResolver } from 'graphql';
import type { AuditsRefusals, RequestBase } from './request-context.ts';

const audits = (context: RequestBase): context is RequestBase & AuditsRefusals =>
  'auditRefusal' in context && typeof context.auditRefusal === 'function';

/**
 * Over every mutation of a federated schema: a refusal is told to `context.auditRefusal`, if there is one, and
 * then to the client. The change was rolled back, so its audit row needs a transaction of its own.
 */
export const auditRefusals =
  <Source, Args>(
    resolve: GraphQLFieldResolver<Source, RequestBase, Args>,
  ): GraphQLFieldResolver<Source, RequestBase, Args> =>
  async (source, args, context, info) => {
    try {
      return await resolve(source, args, context, info);
    } catch (error) {
      if (error instanceof DomainError && audits(context)) {
        const refusal = {
          action: info.fieldName,
          code: error.code,
          ...(error.field !== undefined && { field: error.field }),
        };
        // Que no se pueda anotar no cambia la respuesta, pero se tiene que ver.
        await context.auditRefusal(refusal).catch((failure: unknown) => {
          context.log.error({ err: failure, refusal }, 'refusal not audited');
        });
      }
      throw error;
    }
  };
