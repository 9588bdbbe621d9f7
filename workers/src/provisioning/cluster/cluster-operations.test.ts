import type { OperationKind } from '@farutech/contracts/provisioning';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { proving } from '../../../../tests/support/proof.ts';
import { testSettings } from '../../testing/cluster-tenant.ts';
import { type KubernetesApiServer, startKubernetesApi } from '../../testing/kubernetes-api.ts';
import { isNode, type Json } from '../../testing/kubernetes-fields.ts';
import {
  aDelivery,
  aRequest,
  openProvisioningWorld,
  type ProvisioningWorld,
  type ProvisionOrder,
  provision,
  story,
} from '../../testing/provisioning-world.ts';
import { exitOf, stopped, workersOf } from '../../testing/worker-process.ts';
import type { Order } from '../job.ts';
import { decide, perform } from '../perform.ts';
import { connectionOwner } from '../tenant-names.ts';
import type { Cluster } from './cluster.ts';
import { isLiveIn, janitor } from './janitor.ts';
import { labels } from './labels.ts';
import { openCluster } from './open-cluster.ts';

vi.setConfig({ testTimeout: 120_000, maxConcurrency: 3 });

let world: ProvisioningWorld;
let server: KubernetesApiServer;
let cluster: Cluster;
let workers: ReturnType<typeof workersOf>;
beforeAll(async () => {
  [world, server] = await Promise.all([openProvisioningWorld(), startKubernetesApi()]);
  cluster = await openCluster({
    mode: 'kubeconfig',
    kubeconfig: server.kubeconfig,
    context: undefined,
    settings: testSettings,
  });
  const env = {
    KUBERNETES: 'kubeconfig',
    KUBECONFIG: server.kubeconfig,
    KUBERNETES_INSTALLATION: testSettings.installation,
  };
  workers = workersOf(world, { env, cluster });
}, 60_000);
afterAll(async () => {
  workers?.killAll();
  await Promise.all([world?.close(), server?.close()]);
});

const orderOn = ({ planCode: _plan, maxUsers: _users, ...instance }: ProvisionOrder): Order => ({
  ...instance,
  operationId: v7(),
  requestNo: 0,
});

async function born(over: Partial<ProvisionOrder> = {}): Promise<ProvisionOrder> {
  const request = aRequest(over);
  await provision(world.engine({ cluster }), request, aDelivery());
  return request;
}

async function run(kind: OperationKind, request: ProvisionOrder, fault = ''): Promise<readonly string[]> {
  const order = orderOn(request);
  await perform(world.engine({ cluster, fault }), kind, order, aDelivery()).catch((error: Error) => {
    if (error.name !== 'PermanentError') throw error;
  });
  return story(await world.factsOf(order.operationId)).filter((line) => !line.endsWith('RUNNING'));
}

const kindsIn = ({ kubernetesNamespace }: ProvisionOrder): readonly string[] =>
  server.names(kubernetesNamespace).map((line) => line.split(' ')[0] ?? '');
const whole = [
  'Ingress',
  'LimitRange',
  'Namespace',
  ...Array.from({ length: 5 }, () => 'NetworkPolicy'),
  'ResourceQuota',
  'Secret',
  'ServiceAccount',
];
const withoutIngress = whole.slice(1);

const deploy = ({ kubernetesNamespace }: ProvisionOrder, replicas: number) =>
  server.createAs('helm', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: kubernetesNamespace },
    spec: { replicas },
  });
const inside = (found: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((one, key) => (isNode(one) ? one[key] : undefined), found);
const replicasOf = ({ kubernetesNamespace }: ProvisionOrder) =>
  server.find('Deployment', 'web', kubernetesNamespace)?.spec;

describe('La vida de una instancia en el clúster', () => {
  it('nace con su espacio de nombres, y un Enterprise con su conexión de verdad', async () => {
    const request = await born({ databaseTier: 'ENTERPRISE' });

    const told = story(await world.factsOf(request.operationId));
    expect(told).toContain('register-namespace DONE');
    expect(told.at(-1)).toBe('TenantInstanceProvisioned');
    expect(kindsIn(request)).toEqual(whole);
    const { rows } = await world.pool.query(
      'SELECT connection_cipher FROM tenant_database WHERE instance_id = $1',
      [request.instanceId],
    );
    const connection = world.cipher.decrypt(rows[0].connection_cipher, connectionOwner(request.instanceId));
    expect(server.find('Secret', 'farutech-instance', request.kubernetesNamespace)?.data).toMatchObject({
      DATABASE_URL: Buffer.from(connection.reveal()).toString('base64'),
    });
  });

  it('sin clúster cada paso lo dice, y la instancia se suspende y reanuda igual', async () => {
    const request = aRequest();
    const engine = world.engine();
    await provision(engine, request, aDelivery());
    const details: Record<string, string>[] = [];
    for (const kind of ['SUSPEND', 'RESUME', 'DECOMMISSION'] as const) {
      const order = orderOn(request);
      await perform(engine, kind, order, aDelivery());
      const facts = await world.factsOf(order.operationId);
      expect(story(facts).at(-1)).toBe('OperationSucceeded');
      const skipped = facts.flatMap(({ data }) => (data.step?.state === 'SKIPPED' ? [data.step] : []));
      details.push(Object.fromEntries(skipped.map(({ name, detail }) => [name, detail])));
    }

    const said = (what: string) => expect.stringMatching(new RegExp(`^No Kubernetes cluster .*: ${what}`));
    expect(details).toMatchObject([
      { 'scale-down': said('nothing runs') },
      { 'scale-up': said('nothing runs') },
      { 'remove-namespace': said('there is no namespace') },
    ]);
  });

  it('suspendida no corre ni se llega a ella, conserva su nombre, y al reanudar vuelve todo', async () => {
    const request = await born();
    deploy(request, 3);

    expect(await run('SUSPEND', request)).toEqual([
      'withdraw-subdomain DONE',
      'scale-down DONE',
      'OperationSucceeded',
    ]);
    expect(replicasOf(request)).toEqual({ replicas: 0 });
    expect(kindsIn(request)).not.toContain('Ingress');
    expect(await world.traces(request.instanceId)).toMatchObject({ published: 0 });
    const rival = aRequest({ subdomainUrl: request.subdomainUrl });
    await expect(provision(world.engine({ cluster }), rival, aDelivery())).rejects.toMatchObject({
      code: 'SUBDOMAIN_TAKEN',
    });
    expect(server.names(rival.kubernetesNamespace)).toEqual([]);

    expect(await run('RESUME', request)).toEqual([
      'scale-up DONE',
      'publish-subdomain DONE',
      'activate DONE',
      'OperationSucceeded',
    ]);
    expect(replicasOf(request)).toEqual({ replicas: 3 });
    expect(kindsIn(request)).toContain('Ingress');
    expect(await world.traces(request.instanceId)).toMatchObject({ published: 1 });
  });

  it('una suspensión que se deshace la deja como estaba', async () => {
    const request = await born();
    deploy(request, 2);

    expect((await run('SUSPEND', request, 'scale-down:permanent')).at(-1)).toBe('OperationCompensated');

    expect(replicasOf(request)).toEqual({ replicas: 2 });
    expect(kindsIn(request)).toContain('Ingress');
    expect(await world.traces(request.instanceId)).toMatchObject({ published: 1 });
  });

  it('una reanudación que se deshace la deja suspendida', async () => {
    const request = await born();
    deploy(request, 2);
    await run('SUSPEND', request);

    expect((await run('RESUME', request, 'activate:permanent')).at(-1)).toBe('OperationCompensated');

    expect(replicasOf(request)).toEqual({ replicas: 0 });
    expect(kindsIn(request)).not.toContain('Ingress');
    expect(await world.traces(request.instanceId)).toMatchObject({ published: 0 });
    await run('RESUME', request);
    expect(replicasOf(request)).toEqual({ replicas: 2 });
  });

  it.each(['STANDARD', 'ENTERPRISE'] as const)(
    'movida desde %s, su espacio es el del nivel nuevo; vuelta atrás, el de antes',
    async (databaseTier) => {
      const request = await born({ databaseTier });
      const to = databaseTier === 'STANDARD' ? 'ENTERPRISE' : 'STANDARD';
      const { kubernetesNamespace: namespace, instanceId } = request;
      const engine = world.engine({ cluster });
      const order = { ...orderOn(request), to };
      const own = databaseTier === 'ENTERPRISE' ? databaseTier : to;
      const seen = () => ({
        url: inside(server.find('Secret', 'farutech-instance', namespace), 'data', 'DATABASE_URL'),
        quota: inside(server.find('ResourceQuota', 'farutech', namespace), 'spec'),
        tier: inside(server.find('Namespace', namespace), 'metadata', 'labels', labels.tier),
      });
      const homeOf = async (tier: 'STANDARD' | 'ENTERPRISE') => {
        const { rows } = await world.pool.query(
          'SELECT connection_cipher FROM tenant_database WHERE instance_id = $1 AND connection_cipher IS NOT NULL',
          [instanceId],
        );
        const url = () =>
          world.cipher.decrypt(rows[0].connection_cipher, connectionOwner(instanceId)).reveal();
        return {
          url: tier === own ? Buffer.from(url()).toString('base64') : undefined,
          quota: { hard: testSettings.tiers[tier].quota },
          tier: tier.toLowerCase(),
        };
      };
      expect(seen()).toEqual(await homeOf(databaseTier));

      await perform(engine, 'MOVE_TIER', order, aDelivery());
      expect(seen()).toEqual(await homeOf(to));

      await decide(engine, 'revert', order, aDelivery());
      expect(seen()).toEqual(await homeOf(databaseTier));
    },
  );

  it('dada de baja no queda nada, y su nombre es de quien lo pida', async () => {
    const request = await born({ databaseTier: 'ENTERPRISE' });
    deploy(request, 1);

    expect((await run('DECOMMISSION', request)).slice(0, 2)).toEqual([
      'withdraw-subdomain DONE',
      'remove-namespace DONE',
    ]);

    expect(server.names(request.kubernetesNamespace)).toEqual([]);
    const heir = await born({ subdomainUrl: request.subdomainUrl });
    expect(await world.traces(heir.instanceId)).toMatchObject({ published: 1 });
  });

  it.each([
    ['activa', 1],
    ['suspendida', 0],
  ])('una baja que se deshace la deja %s, como estaba', async (was, published) => {
    const request = await born({ databaseTier: 'ENTERPRISE' });
    if (was === 'suspendida') await run('SUSPEND', request);

    expect((await run('DECOMMISSION', request, 'close-database:permanent')).at(-1)).toBe(
      'OperationCompensated',
    );

    expect(kindsIn(request)).toEqual(published === 1 ? whole : withoutIngress);
    expect(await world.traces(request.instanceId)).toMatchObject({ published });
    const rival = aRequest({ subdomainUrl: request.subdomainUrl });
    await expect(provision(world.engine({ cluster }), rival, aDelivery())).rejects.toMatchObject({
      code: 'SUBDOMAIN_TAKEN',
    });
  });

  it('la baja no toca el espacio de otro que lleva ese nombre, y lo dice', async () => {
    const request = aRequest();
    await provision(world.engine(), request, aDelivery());
    const metadata = { name: request.kubernetesNamespace, labels: { [labels.instance]: 'otra' } };
    const before = server.createAs('kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata });

    const told = await run('DECOMMISSION', request);

    expect(told).toContain('remove-namespace SKIPPED');
    expect(told.at(-1)).toBe('OperationSucceeded');
    expect(server.find('Namespace', request.kubernetesNamespace)).toEqual(before);
  });

  it('un espacio ajeno con su nombre deshace el aprovisionamiento entero', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });
    const metadata = { name: request.kubernetesNamespace };
    const before = server.createAs('kubectl', { apiVersion: 'v1', kind: 'Namespace', metadata });

    await expect(provision(world.engine({ cluster }), request, aDelivery())).rejects.toMatchObject({
      code: 'NAMESPACE_NOT_OURS',
    });

    await workers.expectNothingLeft(request);
    expect(server.find('Namespace', request.kubernetesNamespace)).toEqual(before);
  });

  it('con la API caída acaba FAILED al quinto intento, y reintentar la termina', async () => {
    const request = aRequest();
    server.trouble({
      how: { status: 503 },
      times: 1_000,
      when: ({ path }) => path.includes(request.kubernetesNamespace),
    });
    const engine = world.engine({ cluster });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await provision(engine, request, aDelivery({ attempt })).catch(() => undefined);
    }
    expect((await world.factsOf(request.operationId)).at(-1)).toMatchObject({
      name: 'OperationFailed',
      data: { failure: { step: 'register-namespace', code: 'CLUSTER_UNAVAILABLE' } },
    });
    server.calm();

    await provision(engine, { ...request, requestNo: 1 }, aDelivery());

    expect(kindsIn(request)).toEqual(whole);
  });
});

const deaths = [
  ['register-namespace', 'crash-before'],
  ['register-namespace', 'crash'],
  ['register-namespace', 'crash-after'],
  ['publish-subdomain', 'crash'],
  ['publish-subdomain', 'crash-after'],
] as const;

/** Cada proceso cuesta segundos: en la prueba entera, los dos pasos que tocan el clúster. */
const sample = (step: string): readonly string[] =>
  proving ? ['register-namespace', 'publish-subdomain'] : [step];

describe.concurrent('Un trabajador muere con kill -9', () => {
  it.each(deaths.filter((death) => proving || death === deaths[1]))(
    'en %s (%s): otro acaba, y queda uno de cada',
    async (step, point) => {
      const request = aRequest({ databaseTier: 'ENTERPRISE' });

      expect(await exitOf(workers.worker(request, `${step}:${point}`))).toBe('SIGKILL');
      await workers.finish(request);

      await workers.expectOneActivation(request);
      expect(kindsIn(request)).toEqual(whole);
    },
  );

  it.each(sample('register-namespace'))('deshaciendo %s: no queda nada', async (step) => {
    const request = aRequest();

    expect(await exitOf(workers.worker(request, `activate:permanent,${step}:crash-undo`))).toBe('SIGKILL');
    await workers.finish(request);

    await workers.expectNothingLeft(request);
    expect(server.names(request.kubernetesNamespace)).toEqual([]);
  });
});

// Si un proceso está parado se mira en /proc.
const onLinux = process.platform === 'linux' ? describe.concurrent : describe.skip;

onLinux('Un trabajador se para con SIGSTOP y despierta tarde', () => {
  async function wakeLate(step: string, fault: string): Promise<ProvisionOrder> {
    const request = aRequest();
    const zombie = workers.worker(request, `${step}:stop`);
    const gone = exitOf(zombie);
    await eventually(() => expect(stopped(zombie.pid)).toBe(true), { withinMs: 60_000 });
    await workers.finish(request, fault);
    zombie.kill('SIGCONT');
    expect(await gone).toBe('0');
    expect(zombie.output).toBe('ended:FencedError\n');
    return request;
  }

  it.each(sample('publish-subdomain'))('en %s cuando otro ya acabó', async (step) => {
    const request = await wakeLate(step, '');

    await workers.expectOneActivation(request);
    expect(kindsIn(request)).toEqual(whole);
  });

  it.each(sample('register-namespace'))('en %s cuando otro ya lo deshizo', async (step) => {
    const request = await wakeLate(step, 'activate:permanent');

    await workers.expectNothingLeft(request);
    expect(server.names(request.kubernetesNamespace)).toEqual([]);
  });
});

describe('El conserje, con la base de los trabajadores', () => {
  it('quita el espacio de quien soltó lo suyo, y deja el de quien vive o no se conoce', async () => {
    const [alive, gone] = [await born(), await born()];
    await run('DECOMMISSION', gone);
    const namespace = (name: string, instance: string) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: {
          [labels.managedBy]: 'farutech-orchestrator',
          [labels.installation]: testSettings.installation,
          [labels.instance]: instance,
        },
      },
    });
    server.createAs('farutech-orchestrator', namespace(gone.kubernetesNamespace, gone.instanceId));
    server.createAs('farutech-orchestrator', namespace('de-otra-base', v7()));

    const removed = await janitor(cluster, isLiveIn(world.pool));

    expect(removed.map(({ name }) => name)).toEqual([gone.kubernetesNamespace]);
    expect(kindsIn(alive)).toEqual(whole);
    expect(server.names('de-otra-base')).toHaveLength(1);
  });
});
