import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** Quien pregunta (Kubernetes, el lanzador) suele esperar 1–3 s: una dependencia colgada no cuelga la respuesta. */
const checkLimitMs = 1_000;

interface Readiness {
  readonly ok: boolean;
  /** By name of the dependency: `ok`, or why not. */
  readonly checks: Readonly<Record<string, string>>;
}

export interface Health {
  /**
   * `check` rejects while the dependency cannot be used. It has one second. With `required: false` its failure
   * is told and leaves the service ready: what a service can do without must not take it out of service.
   */
  add(name: string, check: () => Promise<void>, options?: { readonly required: boolean }): void;
  live(): { readonly ok: true };
  ready(): Promise<Readiness>;
}

async function limited(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${checkLimitMs} ms`), checkLimitMs);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the process lives, and whether what it depends on can be used. */
export function createHealth(): Health {
  const checks = new Map<string, { check: () => Promise<void>; required: boolean }>();
  return {
    add(name, check, { required } = { required: true }) {
      checks.set(name, { check, required });
    },
    live: () => ({ ok: true }),
    async ready() {
      const results = await Promise.all(
        [...checks].map(async ([name, { check, required }]) => ({
          name,
          result: await limited(check),
          required,
        })),
      );
      return {
        ok: results.every(({ result, required }) => result === 'ok' || !required),
        checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
      };
    },
  };
}

/** `/health/live`, `/health/ready` (200, or 503 with what fails) and `/metrics`, without authentication. */
export function healthRoutes(app: FastifyInstance, health: Health, registry: Registry): void {
  app.get('/health/live', () => health.live());
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await health.ready();
    return reply.code(readiness.ok ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
