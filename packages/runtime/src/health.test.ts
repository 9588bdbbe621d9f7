import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { createHealth, healthRoutes } from './health.ts';
import { createMetrics } from './metrics.ts';

function open() {
  const app = Fastify();
  const health = createHealth();
  const metrics = createMetrics('tenancy');
  healthRoutes(app, health, metrics);
  return { app, health, metrics };
}

describe('salud', () => {
  it('está vivo y listo cuando todo responde', async () => {
    const { app, health } = open();
    health.add('postgres', async () => undefined);

    expect((await app.inject('/health/live')).statusCode).toBe(200);
    const ready = await app.inject('/health/ready');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ ok: true, checks: { postgres: 'ok' } });
  });

  it('con una dependencia caída o colgada no está listo, dice cuál en menos de 2 s, y sigue vivo', async () => {
    const { app, health } = open();
    health.add('postgres', async () => undefined);
    health.add('nats', async () => {
      throw new Error('NATS is not connected.');
    });
    health.add('lento', () => new Promise(() => undefined));

    const startedAt = performance.now();
    const ready = await app.inject('/health/ready');

    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({
      ok: false,
      checks: { postgres: 'ok', nats: 'NATS is not connected.', lento: 'no answer within 1000 ms' },
    });
    expect((await app.inject('/health/live')).statusCode).toBe(200);
  });

  it('una dependencia prescindible caída se dice, y el servicio sigue listo', async () => {
    const { app, health } = open();
    health.add('postgres', async () => undefined);
    const down = async (): Promise<void> => {
      throw new Error('NATS is not connected.');
    };
    health.add('nats', down, { required: false });

    const ready = await app.inject('/health/ready');

    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ ok: true, checks: { postgres: 'ok', nats: 'NATS is not connected.' } });
  });

  it('cuenta lo suyo y lo del proceso, con el nombre del servicio', async () => {
    const { app, metrics } = open();
    const mutations = metrics.counter('farutech_mutations_total', 'Mutations.', ['name']);
    mutations.inc({ name: 'provisionTenantInstance' });
    expect(metrics.counter('farutech_mutations_total', 'Mutations.', ['name'])).toBe(mutations);

    const { body, headers } = await app.inject('/metrics');

    expect(headers['content-type']).toContain('text/plain');
    expect(body).toContain('farutech_mutations_total{name="provisionTenantInstance",service="tenancy"} 1');
    expect(body).toMatch(/process_cpu_seconds_total\{service="tenancy"\} \d/);
  });
});
