import { PermanentError, TransientError } from '@farutech/kernel/errors';
import { ConfigurationError } from '@farutech/runtime/production';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FaultMoment, parseFaults } from './fault.ts';

const at = (over: Partial<FaultMoment> = {}): FaultMoment => ({
  step: 'seed-tenant',
  instanceCode: 'norte',
  attempt: 1,
  firstTime: true,
  ...over,
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('PROVISIONING_FAULT', () => {
  it('sin él no falla nada', () => {
    expect(() => parseFaults('')('begun', at())).not.toThrow();
  });

  it('un número hace fallar esas veces, y la siguiente no', () => {
    const inject = parseFaults('seed-tenant:2');

    expect(() => inject('begun', at({ attempt: 1 }))).toThrow(TransientError);
    expect(() => inject('begun', at({ attempt: 2 }))).toThrow(TransientError);
    expect(() => inject('begun', at({ attempt: 3 }))).not.toThrow();
  });

  it('always falla siempre y permanent no tiene remedio', () => {
    expect(() => parseFaults('seed-tenant:always')('begun', at({ attempt: 99 }))).toThrow(TransientError);
    expect(() => parseFaults('seed-tenant:permanent')('begun', at())).toThrow(PermanentError);
  });

  it('solo en su paso, y solo en la instancia que se nombre', () => {
    const inject = parseFaults('reserve:always, seed-tenant:always@sur');

    expect(() => inject('begun', at())).not.toThrow();
    expect(() => inject('begun', at({ instanceCode: 'sur' }))).toThrow(TransientError);
    expect(() => inject('begun', at({ step: 'reserve' }))).toThrow(TransientError);
    expect(() => inject('acted', at({ step: 'reserve' }))).not.toThrow();
  });

  it.each(['seed-tenant', 'siembra:1', 'seed-tenant:0', 'seed-tenant:explota', 'seed-tenant:1@'])(
    '%s no se entiende, y dice qué se puede poner',
    (setting) => {
      expect(() => parseFaults(setting)).toThrow(ConfigurationError);
      expect(() => parseFaults(setting)).toThrow(/steps: reserve, create-database/);
    },
  );

  it('producción lo rechaza', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(() => parseFaults('seed-tenant:1')).toThrow(ConfigurationError);
    expect(() => parseFaults('')).not.toThrow();
  });
});
