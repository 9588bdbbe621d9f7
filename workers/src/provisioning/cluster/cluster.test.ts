import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aHolder, aTenant, testSettings } from '../../testing/cluster-tenant.ts';
import { type KubernetesApiServer, startKubernetesApi } from '../../testing/kubernetes-api.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './open-cluster.ts';

let server: KubernetesApiServer;
const opened = new Map<string, Cluster>();
beforeAll(async () => {
  server = await startKubernetesApi();
  opened.set('ninguno', await openCluster({ mode: 'none' }));
  opened.set(
    'server-side apply',
    await openCluster({
      mode: 'kubeconfig',
      kubeconfig: server.kubeconfig,
      context: undefined,
      settings: testSettings,
    }),
  );
});
afterAll(() => server?.close());

const open = (name: string): Cluster => {
  const cluster = opened.get(name);
  if (cluster === undefined) throw new TypeError(`no se abrió ${name}`);
  return cluster;
};

// Lo que cada uno responde a lo mismo: el que no está lo dice siempre, con una frase.
describe.each([
  ['ninguno', () => ({ skip: expect.stringMatching(/^No Kubernetes cluster is configured: /) })],
  ['server-side apply', (presence: unknown) => presence],
])('El clúster (%s)', (name, as: (presence: unknown) => unknown) => {
  const standard = { skip: expect.stringContaining('has no namespace') };

  it('antes de nada no hay nada', async () => {
    const cluster = open(name);
    const tenant = aTenant();

    expect(await cluster.namespace.seen(tenant)).toEqual(as('absent'));
    expect(await cluster.ingress.seen(tenant)).toEqual(as(standard));
    expect(await cluster.workloads.seen(tenant)).toEqual(as(standard));
  });

  it.each(['STANDARD', 'ENTERPRISE'] as const)('poner dos veces es como poner una (%s)', async (tier) => {
    const cluster = open(name);
    const tenant = aTenant({ tier });
    const holder = aHolder();

    for (const again of [holder, holder, holder.next()]) {
      await cluster.namespace.raise(tenant, again);
      await cluster.ingress.raise(tenant, again);
    }

    expect(await cluster.namespace.seen(tenant)).toEqual(as('present'));
    expect(await cluster.ingress.seen(tenant)).toEqual(as('present'));
    expect(await cluster.workloads.seen(tenant)).toEqual(as('absent'));
  });

  it('quitar dos veces es como quitar una, también lo que nunca estuvo', async () => {
    const cluster = open(name);
    const [tenant, never, holder] = [aTenant(), aTenant(), aHolder()];
    await cluster.namespace.raise(tenant, holder);
    await cluster.ingress.raise(tenant, holder);

    for (const one of [tenant, tenant, never]) {
      await cluster.workloads.withdraw(one, holder);
      await cluster.ingress.withdraw(one, holder);
      await cluster.namespace.withdraw(one, holder);
    }

    expect(await cluster.namespace.seen(tenant)).toEqual(as('absent'));
    expect(await cluster.namespace.seen(never)).toEqual(as('absent'));
  });

  it('lo quitado se vuelve a poner', async () => {
    const cluster = open(name);
    const [tenant, holder] = [aTenant(), aHolder()];
    await cluster.namespace.raise(tenant, holder);
    await cluster.ingress.raise(tenant, holder);

    await cluster.ingress.withdraw(tenant, holder);
    expect(await cluster.ingress.seen(tenant)).toEqual(as('absent'));
    await cluster.ingress.raise(tenant, holder);

    expect(await cluster.ingress.seen(tenant)).toEqual(as('present'));
  });

  it('lo que se ve como nuestro se puede descartar una vez', async () => {
    const cluster = open(name);
    const tenant = aTenant();
    await cluster.namespace.raise(tenant, aHolder());

    for (const found of await cluster.owned()) {
      expect(await cluster.discard(found)).toBe(true);
    }

    expect(await cluster.owned()).toEqual([]);
  });
});
