import type { DomainError } from '@farutech/kernel/errors';
import type { Viewer } from '@farutech/kernel/viewer';
import { childTraceparent } from '@farutech/runtime/correlation';
import type { InternalTokenSigner } from '@farutech/runtime/internal-token';

/** Quién pregunta y con qué hilo: va en la petición a cada subgrafo. */
export interface GatewayContext {
  readonly viewer: Viewer | null;
  /** Por qué no hay espectador. */
  readonly refusal: DomainError | null;
  readonly correlationId: string;
  readonly traceparent: string;
}

const isContext = (context: unknown): context is GatewayContext =>
  typeof context === 'object' && context !== null && 'correlationId' in context && 'viewer' in context;

function signed(context: unknown): { readonly context: GatewayContext; readonly viewer: Viewer } {
  if (!isContext(context) || context.viewer === null)
    throw new TypeError('an operation reached a subgraph without a viewer');
  return { context, viewer: context.viewer };
}

/** El token interno vive un minuto: se pide uno vigente en cada petición, también en las de un grupo de días. */
export const headersFor =
  (signer: InternalTokenSigner) =>
  async (raw: unknown): Promise<Record<string, string>> => {
    const { context, viewer } = signed(raw);
    return {
      'x-farutech-internal': await signer.sign(viewer),
      'x-correlation-id': context.correlationId,
      traceparent: childTraceparent(context.traceparent),
    };
  };

/** Un mismo socket hacia el subgrafo sirve a muchos: cada suscripción dice de quién es. */
export const extensionsFor =
  (signer: InternalTokenSigner) =>
  async (raw: unknown): Promise<Record<string, unknown>> => {
    const { context, viewer } = signed(raw);
    return {
      internalToken: await signer.sign(viewer),
      correlationId: context.correlationId,
      traceparent: childTraceparent(context.traceparent),
    };
  };
