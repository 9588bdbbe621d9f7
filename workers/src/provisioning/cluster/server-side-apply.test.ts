import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { aHolder, aTenant, type TestHolder, testSettings } from '../../testing/cluster-tenant.ts';
import { type KubernetesApiServer, startKubernetesApi, type Trouble } from '../../testing/kubernetes-api.ts';
import type { Cluster, ClusterTenant } from './cluster.ts';
import { janitor } from './janitor.ts';
import { annotations, labels } from './labels.ts';
import { openCluster } from './open-cluster.ts';

let server: KubernetesApiServer;
let cluster: Cluster;
beforeAll(async () => {
  server = await startKubernetesApi();
  cluster = await openCluster({
    mode: 'kubeconfig',
    kubeconfig: server.kubeconfig,
    context: 'prueba',
    settings: testSettings,
  });
});
afterAll(() => server?.close());
afterEach(() => server.calm());

const everything = (namespace: string) => [
  'LimitRange farutech',
  `Namespace ${namespace}`,
  'NetworkPolicy farutech-database',
  'NetworkPolicy farutech-default-deny',
  'NetworkPolicy farutech-dns',
  'NetworkPolicy farutech-gateway',
  'NetworkPolicy farutech-ingress',
  'ResourceQuota farutech',
  'Secret farutech-instance',
  'ServiceAccount farutech-app',
];

const aDeployment = (tenant: ClusterTenant, name: string, replicas: number, kind = 'Deployment') => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: tenant.namespace },
  spec: { replicas },
});

describe('Lo que trae una instancia', () => {
  const [standard, enterprise] = [aTenant(), aTenant({ tier: 'ENTERPRISE' })];
  beforeAll(async () => {
    for (const tenant of [standard, enterprise]) {
      await cluster.namespace.raise(tenant, aHolder());
      await cluster.ingress.raise(tenant, aHolder());
    }
  });
  const text = (plain: string) => Buffer.from(plain).toString('base64');

  it('un objeto de cada, y el Ingress', () => {
    expect(server.names(standard.namespace)).toEqual(
      ['Ingress farutech', ...everything(standard.namespace)].toSorted(),
    );
  });

  const shapes: readonly [what: string, kind: string, name: string, tenant: ClusterTenant, shape: object][] =
    [
      [
        'el espacio de nombres, restringido',
        'Namespace',
        '',
        standard,
        {
          metadata: {
            labels: {
              'pod-security.kubernetes.io/enforce': 'restricted',
              'pod-security.kubernetes.io/warn': 'restricted',
              'pod-security.kubernetes.io/audit': 'restricted',
            },
          },
        },
      ],
      [
        'la cuota de un Standard',
        'ResourceQuota',
        'farutech',
        standard,
        { spec: { hard: { pods: '10', 'limits.memory': '4Gi', 'services.loadbalancers': '0' } } },
      ],
      [
        'la de un Enterprise',
        'ResourceQuota',
        'farutech',
        enterprise,
        { spec: { hard: { pods: '40', 'limits.memory': '16Gi' } } },
      ],
      [
        'lo que tiene un contenedor que no pide nada',
        'LimitRange',
        'farutech',
        standard,
        {
          spec: {
            limits: [
              {
                type: 'Container',
                default: { cpu: '500m', memory: '512Mi' },
                defaultRequest: { cpu: '50m', memory: '128Mi' },
              },
            ],
          },
        },
      ],
      [
        'todo cerrado, hacia dentro y hacia fuera',
        'NetworkPolicy',
        'farutech-default-deny',
        standard,
        { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
      ],
      [
        'los nombres',
        'NetworkPolicy',
        'farutech-dns',
        standard,
        {
          spec: {
            egress: [
              {
                to: [
                  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
                ],
                ports: [
                  { protocol: 'UDP', port: 53 },
                  { protocol: 'TCP', port: 53 },
                ],
              },
            ],
          },
        },
      ],
      [
        'lo que entra por el Ingress',
        'NetworkPolicy',
        'farutech-ingress',
        standard,
        {
          spec: {
            ingress: [
              {
                from: [
                  { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
                ],
              },
            ],
          },
        },
      ],
      [
        'la puerta de enlace',
        'NetworkPolicy',
        'farutech-gateway',
        standard,
        {
          spec: {
            egress: [
              {
                to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'farutech' } } }],
                ports: [{ protocol: 'TCP', port: 4000 }],
              },
            ],
          },
        },
      ],
      [
        'un Standard no llega a la base',
        'NetworkPolicy',
        'farutech-database',
        standard,
        { spec: { policyTypes: ['Egress'], egress: [] } },
      ],
      [
        'un Enterprise, a la suya',
        'NetworkPolicy',
        'farutech-database',
        enterprise,
        {
          spec: {
            egress: [
              { to: [{ ipBlock: { cidr: '10.0.0.5/32' } }], ports: [{ protocol: 'TCP', port: 5432 }] },
            ],
          },
        },
      ],
      [
        'una cuenta que no habla con la API',
        'ServiceAccount',
        'farutech-app',
        standard,
        { automountServiceAccountToken: false },
      ],
      [
        'el secreto de un Enterprise, con su conexión',
        'Secret',
        'farutech-instance',
        enterprise,
        {
          data: {
            INSTANCE_ID: text(enterprise.instanceId),
            DATABASE_URL: text('postgresql://t:una-clave@db:5432/t'),
          },
        },
      ],
      [
        'el Ingress, con certificado',
        'Ingress',
        'farutech',
        standard,
        {
          metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } },
          spec: {
            ingressClassName: 'nginx',
            tls: [{ hosts: [standard.hostname], secretName: 'farutech-tls' }],
            rules: [
              {
                host: standard.hostname,
                http: {
                  paths: [
                    {
                      path: '/',
                      pathType: 'Prefix',
                      backend: { service: { name: 'app', port: { number: 8080 } } },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    ];
  it.each(shapes)('%s', (_what, kind, name, tenant, shape) => {
    const found =
      kind === 'Namespace' ? server.find(kind, tenant.namespace) : server.find(kind, name, tenant.namespace);

    expect(found).toMatchObject(shape);
  });

  it('el secreto de un Standard no lleva conexión', () => {
    const { data } = server.find('Secret', 'farutech-instance', standard.namespace) ?? {};

    expect(data).toEqual({ INSTANCE_ID: text(standard.instanceId) });
  });

  it('todo lleva nuestras etiquetas y un solo gestor de campos', () => {
    const all = server.names(enterprise.namespace);
    expect(all).toHaveLength(11);
    for (const line of all) {
      const [kind = '', name = ''] = line.split(' ');
      const found = server.find(kind, name, kind === 'Namespace' ? undefined : enterprise.namespace);
      expect(found).toMatchObject({
        metadata: {
          labels: {
            [labels.managedBy]: 'farutech-orchestrator',
            [labels.installation]: 'prueba',
            [labels.instance]: enterprise.instanceId,
            [labels.customer]: enterprise.customerId,
            [labels.product]: 'FARUTECH_VET',
            [labels.tier]: 'enterprise',
            [labels.epoch]: '1',
          },
          managedFields: [{ manager: 'farutech-orchestrator', operation: 'Apply' }],
        },
      });
    }
    expect(server.writes().filter(({ query }) => query.force === 'true')).toEqual([]);
  });

  it('al pasar a Standard pierde la conexión y el camino a la base', async () => {
    const before = aTenant({ tier: 'ENTERPRISE' });
    await cluster.namespace.raise(before, aHolder());

    await cluster.namespace.raise({ ...before, tier: 'STANDARD', connection: async () => null }, aHolder());

    const secret = server.find('Secret', 'farutech-instance', before.namespace);
    expect(secret?.data).toEqual({ INSTANCE_ID: text(before.instanceId) });
    expect(server.find('NetworkPolicy', 'farutech-database', before.namespace)).toMatchObject({
      spec: { egress: [] },
    });
    expect(server.find('ResourceQuota', 'farutech', before.namespace)).toMatchObject({
      spec: { hard: { pods: '10' } },
    });
  });
});

describe('Lo ajeno', () => {
  const foreign: readonly [what: string, labels: Record<string, string>][] = [
    ['de nadie', {}],
    [
      'de otra instancia',
      {
        [labels.managedBy]: 'farutech-orchestrator',
        [labels.installation]: 'prueba',
        [labels.instance]: 'otra',
      },
    ],
  ];
  it.each(foreign)('un espacio de nombres %s no se adopta ni se borra', async (_what, given) => {
    const tenant = aTenant();
    server.createAs('kubectl', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: tenant.namespace, labels: given },
    });
    const before = server.find('Namespace', tenant.namespace);

    await expect(cluster.namespace.raise(tenant, aHolder())).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'NAMESPACE_NOT_OURS',
    });
    await cluster.ingress.raise(tenant, aHolder());
    await cluster.workloads.withdraw(tenant, aHolder());
    await cluster.namespace.withdraw(tenant, aHolder());

    expect(server.names(tenant.namespace)).toEqual([`Namespace ${tenant.namespace}`]);
    expect(server.find('Namespace', tenant.namespace)).toEqual(before);
    expect(await cluster.namespace.seen(tenant)).toBe('foreign');
  });

  it('la misma instancia en otra instalación es otra', async () => {
    const tenant = aTenant();
    const other = await openCluster({
      mode: 'kubeconfig',
      kubeconfig: server.kubeconfig,
      context: undefined,
      settings: { ...testSettings, installation: 'produccion' },
    });
    await other.namespace.raise(tenant, aHolder());

    await expect(cluster.namespace.raise(tenant, aHolder())).rejects.toMatchObject({
      code: 'NAMESPACE_NOT_OURS',
    });
    await janitor(cluster, async () => false);

    expect(await other.namespace.seen(tenant)).toBe('present');
  });

  it('un campo que otro gestor cambió no se le quita: se dice de quién es', async () => {
    const tenant = aTenant();
    const holder = aHolder();
    await cluster.namespace.raise(tenant, holder);
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota' };
    const metadata = { name: 'farutech', namespace: tenant.namespace };
    server.editAs('kubectl-edit', { ...quota, metadata, spec: { hard: { pods: '99' } } });

    await expect(cluster.namespace.raise(tenant, holder.next())).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'NAMESPACE_CONFLICT',
      message: expect.stringMatching(/\.spec\.hard\.pods belongs to "kubectl-edit"/),
    });

    expect(server.find('ResourceQuota', 'farutech', tenant.namespace)).toMatchObject({
      spec: { hard: { pods: '99' } },
    });
  });

  it('algo con nuestro nombre dentro de nuestro espacio, hecho por otro, tampoco se toca', async () => {
    const tenant = aTenant();
    const holder = aHolder();
    await cluster.namespace.raise(tenant, holder);
    server.createAs('helm', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'farutech', namespace: tenant.namespace },
      spec: { ingressClassName: 'suya' },
    });

    await expect(cluster.ingress.raise(tenant, holder)).rejects.toMatchObject({ code: 'NAMESPACE_CONFLICT' });
    await cluster.ingress.withdraw(tenant, holder);

    expect(await cluster.ingress.seen(tenant)).toBe('foreign');
  });
});

describe('Suspender y reanudar', () => {
  it('deja todo a cero, recuerda cuántas había y las devuelve', async () => {
    const tenant = aTenant();
    const holder = aHolder();
    await cluster.namespace.raise(tenant, holder);
    server.createAs('helm', aDeployment(tenant, 'web', 3));
    server.createAs('helm', aDeployment(tenant, 'cola', 2, 'StatefulSet'));
    server.createAs('helm', aDeployment(tenant, 'apagado', 0));
    const replicas = () =>
      ['web', 'cola', 'apagado'].map((name) => {
        const kind = name === 'cola' ? 'StatefulSet' : 'Deployment';
        return server.find(kind, name, tenant.namespace)?.spec;
      });
    expect(await cluster.workloads.seen(tenant)).toBe('present');

    await cluster.workloads.withdraw(tenant, holder);
    await cluster.workloads.withdraw(tenant, holder.next());

    expect(replicas()).toEqual([{ replicas: 0 }, { replicas: 0 }, { replicas: 0 }]);
    expect(await cluster.workloads.seen(tenant)).toBe('absent');

    await cluster.workloads.raise(tenant, aHolder());
    await cluster.workloads.raise(tenant, aHolder());

    expect(replicas()).toEqual([{ replicas: 3 }, { replicas: 2 }, { replicas: 0 }]);
    expect(server.find('Deployment', 'web', tenant.namespace)).toMatchObject({
      metadata: { annotations: { [annotations.replicas]: '' } },
    });
  });

  it('quien cambió las réplicas con la instancia reanudada manda en la siguiente suspensión', async () => {
    const tenant = aTenant();
    await cluster.namespace.raise(tenant, aHolder());
    server.createAs('helm', aDeployment(tenant, 'web', 1));
    await cluster.workloads.withdraw(tenant, aHolder());
    await cluster.workloads.raise(tenant, aHolder());
    server.editAs('helm', aDeployment(tenant, 'web', 5));

    await cluster.workloads.withdraw(tenant, aHolder());
    await cluster.workloads.raise(tenant, aHolder());

    expect(server.find('Deployment', 'web', tenant.namespace)?.spec).toEqual({ replicas: 5 });
  });
});

describe('Cuando la API falla', () => {
  let impatient: Cluster;
  beforeAll(async () => {
    impatient = await openCluster({
      mode: 'kubeconfig',
      kubeconfig: server.kubeconfig,
      context: undefined,
      settings: { ...testSettings, requestTimeoutMs: 400 },
    });
  });
  const isWrite = ({ method }: { readonly method: string }): boolean => method === 'PATCH';
  const troubles: readonly (readonly [what: string, how: Trouble['how'], code: string])[] = [
    ['500', { status: 500 }, 'CLUSTER_UNAVAILABLE'],
    ['503', { status: 503 }, 'CLUSTER_UNAVAILABLE'],
    ['429', { status: 429 }, 'CLUSTER_UNAVAILABLE'],
    ['401', { status: 401 }, 'CLUSTER_LOGIN_REFUSED'],
    ['403', { status: 403 }, 'CLUSTER_FORBIDDEN'],
    ['calla', 'hang', 'CLUSTER_UNAVAILABLE'],
    ['corta antes de hacerlo', 'cut-before', 'CLUSTER_UNAVAILABLE'],
    ['corta después de hacerlo', 'cut-after', 'CLUSTER_UNAVAILABLE'],
  ];

  it.each(troubles)('%s: se puede repetir, y queda uno de cada', async (_what, how, code) => {
    const tenant = aTenant({ tier: 'ENTERPRISE' });
    let holder = aHolder();
    // Cada escritura falla una vez: la primera, la segunda, la última.
    for (const nth of [0, 1, 5]) {
      let seen = 0;
      server.trouble({ how, when: (request) => isWrite(request) && seen++ === nth });
      const trying = how === 'hang' ? impatient : cluster;
      await expect(trying.namespace.raise(tenant, holder)).rejects.toMatchObject({
        name: 'TransientError',
        code,
      });
      holder = holder.next();
      server.calm();
    }

    await cluster.namespace.raise(tenant, holder);

    expect(server.names(tenant.namespace)).toEqual(everything(tenant.namespace));
  });

  it('lo que la API no admite no tiene remedio, y del secreto no se cuenta nada', async () => {
    const tenant = aTenant({ tier: 'ENTERPRISE', password: 'hunter2' });
    server.trouble({
      how: { status: 422 },
      when: ({ path, method }) => method === 'PATCH' && path.includes('/secrets/'),
    });

    const failure = await cluster.namespace.raise(tenant, aHolder()).catch((error: unknown) => error);

    expect(failure).toMatchObject({ name: 'PermanentError', code: 'CLUSTER_REFUSED' });
    const encoded = Buffer.from('postgresql://t:hunter2@db:5432/t').toString('base64');
    for (const secret of ['hunter2', encoded]) {
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain(secret);
    }
  });

  it.each(['cut-before', 'cut-after'] as const)(
    'borrar con la conexión cortada (%s) acaba borrando',
    async (how) => {
      const tenant = aTenant();
      const holder = aHolder();
      await cluster.namespace.raise(tenant, holder);
      server.trouble({ how, when: ({ method }) => method === 'DELETE' });

      await expect(cluster.namespace.withdraw(tenant, holder)).rejects.toMatchObject({
        code: 'CLUSTER_UNAVAILABLE',
      });
      await cluster.namespace.withdraw(tenant, holder.next());

      expect(server.names(tenant.namespace)).toEqual([]);
    },
  );

  it('lo que no termina de irse se dice, y no se pone nada dentro', async () => {
    const slow = await startKubernetesApi({ terminationMs: 60_000 });
    onTestFinished(() => slow.close());
    const hurried = await openCluster({
      mode: 'kubeconfig',
      kubeconfig: slow.kubeconfig,
      context: undefined,
      settings: { ...testSettings, removalMs: 150 },
    });
    const tenant = aTenant();
    await hurried.namespace.raise(tenant, aHolder());

    const late = { name: 'TransientError', code: 'NAMESPACE_TERMINATING' };
    await expect(hurried.namespace.withdraw(tenant, aHolder())).rejects.toMatchObject(late);
    await expect(hurried.namespace.withdraw(tenant, aHolder())).rejects.toMatchObject(late);
    await expect(hurried.namespace.raise(tenant, aHolder())).rejects.toMatchObject(late);

    expect(slow.names(tenant.namespace)).toEqual(everything(tenant.namespace));
  });
});

describe('Quien despierta tarde', () => {
  const fenced = { name: 'FencedError' };
  let tenant: ClusterTenant;
  beforeEach(() => {
    tenant = aTenant();
  });

  it('una época menor que la que ya firmó no escribe nada', async () => {
    const old = aHolder();
    await cluster.namespace.raise(tenant, old.next());
    const before = server.writes().length;

    await expect(cluster.namespace.raise(tenant, old)).rejects.toMatchObject(fenced);
    await expect(cluster.ingress.raise(tenant, old)).rejects.toMatchObject(fenced);
    await expect(cluster.workloads.withdraw(tenant, old)).rejects.toMatchObject(fenced);
    await expect(cluster.namespace.withdraw(tenant, old)).rejects.toMatchObject(fenced);

    expect(server.writes()).toHaveLength(before);
  });

  it('si otro lo deshizo entretanto, lo que creó de más lo quita él', async () => {
    const zombie = aHolder();
    const other = zombie.next();
    // Mira, pregunta si es suya, y ahí se para: el otro pone, deshace y acaba.
    const stopped = aHolder(zombie.operationId, 1, async () => {
      await cluster.namespace.raise(tenant, other);
      await cluster.namespace.withdraw(tenant, other);
      stopped.lose();
    });

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expect(await eventuallyNames(tenant)).toEqual([]);
  });

  it('si otro acabó entretanto, lo del otro queda entero', async () => {
    const other = aHolder().next();
    const stopped = aHolder(other.operationId, 1, async () => {
      await cluster.namespace.raise(tenant, other);
      stopped.lose();
    });

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expectStanding(tenant);
    expect(server.find('Secret', 'farutech-instance', tenant.namespace)).toMatchObject({
      metadata: { labels: { [labels.epoch]: '2' } },
    });
  });

  it('el cambio que ya había salido llega contra una versión que no existe', async () => {
    const first = aHolder();
    await cluster.namespace.raise(tenant, first);
    await cluster.ingress.raise(tenant, first);
    server.createAs('helm', aDeployment(tenant, 'web', 3));
    const suspend = aHolder();
    await cluster.ingress.withdraw(tenant, suspend);
    const [deployment] = [server.find('Deployment', 'web', tenant.namespace)];

    // Otro retoma la suspensión y decide deshacerla: no hay réplicas que devolver, y aun así lo toca.
    await cluster.workloads.raise(tenant, suspend.next());

    expect(server.find('Deployment', 'web', tenant.namespace)).toMatchObject({
      spec: { replicas: 3 },
      metadata: { annotations: { [annotations.fencedBy]: `${suspend.operationId}.2` } },
    });
    expect(() => server.editAs('farutech-orchestrator', { ...deployment, spec: { replicas: 0 } })).toThrow(
      /modified/,
    );
  });

  // Su petición ya ha salido cuando otro retoma la operación: llega la última.
  const late = (method: string, path: string, other: () => Promise<void>, stopped: TestHolder) =>
    server.trouble({
      how: {
        async meanwhile() {
          await other();
          stopped.lose();
        },
      },
      when: (request) => request.method === method && request.path.includes(path),
    });
  const namespacePath = () => `/namespaces/${tenant.namespace}`;

  it('crear el espacio, y el otro ya lo había deshecho: no queda nada', async () => {
    const stopped = aHolder();
    const undo = async () => {
      await cluster.namespace.raise(tenant, stopped.next());
      await cluster.namespace.withdraw(tenant, stopped.next());
    };
    late('PATCH', namespacePath(), undo, stopped);

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toThrow();

    expect(await eventuallyNames(tenant)).toEqual([]);
  });

  it('crear el espacio, y el otro ya lo había hecho: lo del otro queda entero', async () => {
    const stopped = aHolder();
    late('PATCH', namespacePath(), () => cluster.namespace.raise(tenant, stopped.next()), stopped);

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expectStanding(tenant);
  });

  it('lo que creó y el otro ya hizo suyo, queda entero', async () => {
    const stopped = aHolder();
    late('PATCH', '/secrets/', () => cluster.namespace.raise(tenant, stopped.next()), stopped);

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expectStanding(tenant);
  });

  it('lo que el otro volvió a aplicar no se aplica encima', async () => {
    const stopped = aHolder();
    await cluster.namespace.raise(tenant, stopped);
    late('PATCH', '/secrets/', () => cluster.namespace.raise(tenant, stopped.next()), stopped);

    await expect(cluster.namespace.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expect(server.find('Secret', 'farutech-instance', tenant.namespace)).toMatchObject({
      metadata: { labels: { [labels.epoch]: '2' } },
    });
  });

  it('publicar, y el otro ya lo había retirado: no queda Ingress', async () => {
    await cluster.namespace.raise(tenant, aHolder());
    const stopped = aHolder();
    late('PATCH', '/ingresses/', () => cluster.ingress.withdraw(tenant, stopped.next()), stopped);

    await expect(cluster.ingress.raise(tenant, stopped)).rejects.toMatchObject(fenced);

    expect(await cluster.ingress.seen(tenant)).toBe('absent');
  });

  it('retirar, y el otro ya lo había devuelto: el Ingress queda', async () => {
    await cluster.namespace.raise(tenant, aHolder());
    await cluster.ingress.raise(tenant, aHolder());
    const stopped = aHolder();
    late('DELETE', '/ingresses/', () => cluster.ingress.raise(tenant, stopped.next()), stopped);

    await expect(cluster.ingress.withdraw(tenant, stopped)).rejects.toMatchObject(fenced);

    expect(await cluster.ingress.seen(tenant)).toBe('present');
  });

  it.each(['Deployment', 'StatefulSet'])(
    'parar un %s, y el otro ya lo había deshecho: sigue corriendo',
    async (kind) => {
      await cluster.namespace.raise(tenant, aHolder());
      server.createAs('helm', aDeployment(tenant, 'web', 3, kind));
      const stopped = aHolder();
      late(
        'PATCH',
        `/${kind.toLowerCase()}s/`,
        () => cluster.workloads.raise(tenant, stopped.next()),
        stopped,
      );

      await expect(cluster.workloads.withdraw(tenant, stopped)).rejects.toMatchObject(fenced);

      expect(server.find(kind, 'web', tenant.namespace)?.spec).toEqual({ replicas: 3 });
    },
  );

  it('borrar el espacio, y el otro ya lo había devuelto: queda entero', async () => {
    await cluster.namespace.raise(tenant, aHolder());
    const stopped = aHolder();
    late('DELETE', namespacePath(), () => cluster.namespace.raise(tenant, stopped.next()), stopped);

    await expect(cluster.namespace.withdraw(tenant, stopped)).rejects.toMatchObject(fenced);

    expectStanding(tenant);
  });

  it('no borra un espacio que volvió a nacer', async () => {
    const old = aHolder();
    await cluster.namespace.raise(tenant, old);
    const seen = (await cluster.owned()).find(({ name }) => name === tenant.namespace);
    await cluster.namespace.withdraw(tenant, old);
    await cluster.namespace.raise(tenant, old.next());

    expect(seen && (await cluster.discard(seen))).toBe(false);
    expect(await cluster.namespace.seen(tenant)).toBe('present');
  });
});

describe('El conserje', () => {
  it('borra lo de quien ya no vive, y nada más', async () => {
    const [alive, gone, foreign] = [aTenant(), aTenant(), aTenant()];
    for (const one of [alive, gone]) await cluster.namespace.raise(one, aHolder());
    server.createAs('kubectl', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: foreign.namespace },
    });

    const removed = await janitor(cluster, async (instanceId) => instanceId !== gone.instanceId);

    expect(removed.map(({ name }) => name)).toEqual([gone.namespace]);
    expect(await eventuallyNames(gone)).toEqual([]);
    expect(await cluster.namespace.seen(alive)).toBe('present');
    expect(server.names(foreign.namespace)).toHaveLength(1);
  });

  it('deja lo que su dueño tocó mientras se preguntaba por él', async () => {
    const tenant = aTenant();
    const first = aHolder();
    await cluster.namespace.raise(tenant, first);

    const removed = await janitor(cluster, async (instanceId) => {
      if (instanceId !== tenant.instanceId) return true;
      await cluster.namespace.raise(tenant, first.next());
      return false;
    });

    expect(removed).toEqual([]);
    expect(await cluster.namespace.seen(tenant)).toBe('present');
  });
});

/** Está entero, y nadie ha pedido borrarlo. */
function expectStanding(tenant: ClusterTenant): void {
  expect(server.names(tenant.namespace)).toEqual(everything(tenant.namespace));
  expect(server.find('Namespace', tenant.namespace)).not.toHaveProperty('metadata.deletionTimestamp');
}

/** El servidor tarda un poco en vaciar lo que se borra. */
const eventuallyNames = (tenant: ClusterTenant): Promise<readonly string[]> =>
  eventually(() => {
    expect(server.names(tenant.namespace)).toEqual([]);
    return server.names(tenant.namespace);
  });
