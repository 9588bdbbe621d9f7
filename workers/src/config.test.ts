import { ConfigurationError } from '@farutech/runtime/production';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const least = {
  DATABASE_URL: 'postgresql://worker:x@db/workers',
  TENANT_SERVER_URL: 'postgresql://admin:x@tenants.farutech.test:6432/postgres',
  TENANTS_DATABASE_URL: 'postgresql://admin:x@tenants.farutech.test:6432/tenants',
  NATS_URL: 'nats://127.0.0.1:4222',
};

describe('La configuración de los trabajadores', () => {
  it('con lo mínimo: 30 s de espera, un plazo menor y el servidor de los inquilinos como único lugar', () => {
    expect(readConfig(least)).toMatchObject({
      worker: 'all',
      tenantHosts: ['tenants.farutech.test:6432'],
      ackWaitMs: 30_000,
      leaseMs: 27_000,
      concurrency: 4,
      provisioningFault: '',
    });
  });

  it('el plazo sigue a la espera, si no se da', () => {
    expect(readConfig({ ...least, ACK_WAIT_MS: '2000' }).leaseMs).toBe(1_800);
    expect(readConfig({ ...least, ACK_WAIT_MS: '2000', LEASE_MS: '1000' }).leaseMs).toBe(1_000);
  });

  it('acepta varios lugares, con su puerto', () => {
    const { tenantHosts } = readConfig({ ...least, TENANT_HOSTS: 'db-1.farutech.test:5432, [::1]:5433' });

    expect(tenantHosts).toEqual(['db-1.farutech.test:5432', '[::1]:5433']);
  });

  it('dice todo lo que falta o sobra, y ningún valor', () => {
    const read = () =>
      readConfig({ NATS_URL: 'x', DATABASE_URL: 'mysql://hunter2', TENANT_HOSTS: 'db', CONCURRENCY: '0' });

    expect(read).toThrow(ConfigurationError);
    for (const name of [
      'DATABASE_URL',
      'TENANT_SERVER_URL',
      'TENANTS_DATABASE_URL',
      'TENANT_HOSTS',
      'CONCURRENCY',
    ]) {
      expect(read).toThrow(new RegExp(name));
    }
    expect(read).not.toThrow(/hunter2/);
  });
});
