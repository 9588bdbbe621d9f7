import type { FastifyRequest } from 'fastify';

/** Quien no es un navegador no manda Origin. Un navegador, solo desde aquí o desde donde se ha dicho. */
export function isOriginAllowed(request: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  try {
    return new URL(origin).host === request.host;
  } catch {
    // «null», o algo que no es una dirección.
    return false;
  }
}
