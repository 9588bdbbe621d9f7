import { PermanentError, TransientError } from '@farutech/kernel/errors';
import { z } from 'zod';

/** Quien lo iba a cambiar lo vio antes de que otro lo cambiara: hay que volver a mirar. */
export class StaleError extends Error {
  override readonly name = 'StaleError';
}

const status = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  details: z
    .object({
      causes: z
        .array(
          z.object({
            reason: z.string().default(''),
            message: z.string().default(''),
            field: z.string().default(''),
          }),
        )
        .default([]),
    })
    .default({ causes: [] }),
});
type Status = z.output<typeof status>;

/** La respuesta de un servidor que no pudo: `code` es el de HTTP. */
const refusal = z.object({ code: z.int().min(300), body: z.unknown() });

/** El cuerpo llega leído cuando es JSON, y como texto si no. */
function statusOf(body: unknown): Status {
  const parsed = status.safeParse(typeof body === 'string' ? safeJson(body) : body);
  return parsed.success ? parsed.data : { reason: '', message: '', details: { causes: [] } };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Un intermediario contesta HTML: no hay más que su código.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

const unavailable = (why: string): TransientError =>
  new TransientError(
    'CLUSTER_UNAVAILABLE',
    `The Kubernetes API server ${why}. Check that it is up, then retry.`,
  );

export const namespaceTerminating = (name: string): TransientError =>
  new TransientError('NAMESPACE_TERMINATING', `The namespace ${name} is still being deleted. Retry later.`);

/** Los de la red y los del plazo llevan estos nombres o un código del sistema. */
const lost = /^(FetchError|AbortError|TimeoutError)$/;
const lostCode = /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ERR_TLS|CERT_|UNABLE_TO_)/;

/**
 * Lo que se cuenta de una petición que no salió. El error de la biblioteca no viaja como causa: su texto lleva entero
 * el cuerpo de la respuesta. `undefined`: no es del servidor ni de la red, y sigue su camino.
 */
export function judgeFailure(error: unknown, what: string): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const refused = refusal.safeParse({
    code: 'code' in error ? error.code : undefined,
    body: 'body' in error ? error.body : undefined,
  });
  if (refused.success) return judgeRefusal(refused.data.code, statusOf(refused.data.body), what);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (lost.test(error.name) || lostCode.test(code)) {
    return unavailable('does not answer, or closed the connection');
  }
  return undefined;
}

function judgeRefusal(code: number, { reason, message, details }: Status, what: string): Error {
  if (code === 409) {
    const owned = details.causes.filter((cause) => cause.reason === 'FieldManagerConflict');
    return owned.length > 0 ? conflict(owned, what) : new StaleError(`${what}: ${message}`);
  }
  if (code === 401) {
    return new TransientError(
      'CLUSTER_LOGIN_REFUSED',
      "The Kubernetes API server refuses the worker's credentials. Correct KUBECONFIG or the service account, then retry.",
    );
  }
  if (details.causes.some((cause) => cause.reason === 'NamespaceTerminating')) {
    return namespaceTerminating(what);
  }
  if (code === 403) {
    return new TransientError(
      'CLUSTER_FORBIDDEN',
      `The worker's service account may not touch ${what}. Grant it the right, then retry. The server says: ${message}`,
    );
  }
  if (code === 404 || code === 405) {
    return new TransientError('CLUSTER_OBJECT_MISSING', `${what} is not there (${code} ${reason}).`);
  }
  if (code === 408 || code === 429 || code >= 500) return unavailable(`answered ${code} ${reason}`.trim());
  // El texto de un 422 puede repetir el valor que no le gusta, y el de un Secret no se cuenta.
  const said = what.startsWith('Secret ') ? reason : message;
  return new PermanentError(
    'CLUSTER_REFUSED',
    `The Kubernetes API server refuses ${what} (${code}): ${said}.`,
  );
}

function conflict(causes: Status['details']['causes'], what: string): PermanentError {
  const owners = causes.map(({ message, field }) => {
    const owner = /^conflict with "([^"]*)"/.exec(message)?.[1] ?? message;
    return `${field} belongs to ${JSON.stringify(owner)}`;
  });
  return new PermanentError(
    'NAMESPACE_CONFLICT',
    `${what} has fields of another field manager: ${owners.join('; ')}. Let it give them up, then retry.`,
  );
}
