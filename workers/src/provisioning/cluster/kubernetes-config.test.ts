import { parseEnv } from '@farutech/runtime/env';
import { ConfigurationError } from '@farutech/runtime/production';
import { describe, expect, it } from 'vitest';
import { kubernetesConfig, kubernetesEnv } from './kubernetes-config.ts';
import { openCluster } from './open-cluster.ts';
import { defaultTiers } from './settings.ts';

const read = (env: Record<string, string>, hosts: readonly string[] = []) =>
  kubernetesConfig(parseEnv(kubernetesEnv, env), hosts);
const settings = (env: Record<string, string>, hosts: readonly string[] = []) => {
  const config = read({ KUBERNETES: 'kubeconfig', ...env }, hosts);
  if (config.mode === 'none') throw new TypeError('se pidió un clúster');
  return config.settings;
};

describe('La configuración del clúster', () => {
  it('sin decir nada no hay clúster', () => {
    expect(read({})).toEqual({ mode: 'none' });
  });

  it('con lo mínimo', () => {
    expect(settings({})).toEqual({
      installation: 'default',
      ingressClass: 'nginx',
      ingressNamespace: 'ingress-nginx',
      backend: { service: 'app', port: 80 },
      certIssuer: 'letsencrypt',
      database: [],
      gateway: [{ namespace: 'farutech', port: 4000 }],
      tiers: defaultTiers,
      requestTimeoutMs: 10_000,
      removalMs: 60_000,
    });
  });

  it.each([
    ['10.0.0.5:5432', [{ cidr: '10.0.0.5/32', port: 5432 }]],
    ['pg.datos.svc:6432', [{ namespace: 'datos', port: 6432 }]],
    ['pg.datos.svc.cluster.local:5432', [{ namespace: 'datos', port: 5432 }]],
    ['db.farutech.test:5432', []],
    ['[::1]:5432', []],
  ])('el camino a la base, por su nombre: %s', (host, expected) => {
    expect(settings({}, [host]).database).toEqual(expected);
  });

  it.each([
    ['10.0.0.0/8:5432', [{ cidr: '10.0.0.0/8', port: 5432 }]],
    [
      'datos:5432, fd00::/8:6432',
      [
        { namespace: 'datos', port: 5432 },
        { cidr: 'fd00::/8', port: 6432 },
      ],
    ],
    ['none', []],
  ])('el camino a la base, dado: %s', (given, expected) => {
    expect(settings({ KUBERNETES_DATABASE: given }, ['10.9.9.9:1']).database).toEqual(expected);
  });

  it('de las cuotas se cambia solo lo que se dice', () => {
    const { tiers } = settings({ KUBERNETES_TIERS: '{"STANDARD":{"quota":{"pods":"5"}}}' });

    expect(tiers.STANDARD.quota).toEqual({ ...defaultTiers.STANDARD.quota, pods: '5' });
    expect(tiers.STANDARD.containerLimit).toEqual(defaultTiers.STANDARD.containerLimit);
    expect(tiers.ENTERPRISE).toEqual(defaultTiers.ENTERPRISE);
  });

  it.each([
    ['KUBERNETES', 'docker'],
    ['KUBERNETES_INSTALLATION', 'Con Mayúsculas'],
    ['KUBERNETES_BACKEND', 'app'],
    ['KUBERNETES_DATABASE', 'datos'],
    ['KUBERNETES_GATEWAY', 'datos:99999'],
    ['KUBERNETES_TIERS', '{'],
    ['KUBERNETES_TIERS', '{"GOLD":{}}'],
    ['KUBERNETES_TIERS', '{"STANDARD":{"quota":{"pods":5}}}'],
  ])('no vale %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`${name}\\b`));
  });

  it.each([
    ['un fichero que no está', { kubeconfig: '/no/esta', context: undefined, mode: 'kubeconfig' as const }],
    ['fuera de un pod', { kubeconfig: undefined, context: undefined, mode: 'in-cluster' as const }],
  ])('%s se dice al arrancar', async (_what, access) => {
    await expect(openCluster({ ...access, settings: settings({}) })).rejects.toBeInstanceOf(
      ConfigurationError,
    );
  });
});
