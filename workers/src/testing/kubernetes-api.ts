import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNode, type Json, type Node } from './kubernetes-fields.ts';
import { createObjectStore, type Place, Refusal, shown } from './kubernetes-store.ts';

const groups: Readonly<Record<string, readonly (readonly [kind: string, resource: string])[]>> = {
  v1: [
    ['Namespace', 'namespaces'],
    ['ResourceQuota', 'resourcequotas'],
    ['LimitRange', 'limitranges'],
    ['ServiceAccount', 'serviceaccounts'],
    ['Secret', 'secrets'],
    ['Service', 'services'],
  ],
  'networking.k8s.io/v1': [
    ['Ingress', 'ingresses'],
    ['NetworkPolicy', 'networkpolicies'],
  ],
  'apps/v1': [
    ['Deployment', 'deployments'],
    ['StatefulSet', 'statefulsets'],
  ],
};
const kindOf = (group: string, resource: string): string => {
  const found = groups[group]?.find(([, plural]) => plural === resource);
  if (found === undefined) throw new Refusal(404, 'NotFound', `there is no ${resource} in ${group}`);
  return found[0];
};

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: Node;
}

/**
 * `cut-before` y `cut-after` cortan la conexión antes o después de hacerlo; `hang` no contesta y no lo hace; `meanwhile`
 * es lo que ocurre mientras la petición está en camino.
 */
export interface Trouble {
  readonly how:
    | { readonly status: number }
    | { readonly meanwhile: () => Promise<void> }
    | 'hang'
    | 'cut-before'
    | 'cut-after';
  readonly times?: number;
  readonly when?: (request: ApiRequest) => boolean;
}

interface Answer {
  readonly code: number;
  readonly body: Node;
}

export type KubernetesApiServer = Awaited<ReturnType<typeof startKubernetesApi>>;

/** Un servidor de la API de Kubernetes con lo que hace falta para aplicar, chocar y fallar. */
export async function startKubernetesApi({ terminationMs = 60 } = {}) {
  const store = createObjectStore({ terminationMs });
  const requests: ApiRequest[] = [];
  const token = 'un-token-de-prueba';
  let troubles: { trouble: Trouble; left: number }[] = [];

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    requests.push(request);
    const found = troubles.find(({ left, trouble }) => left > 0 && (trouble.when?.(request) ?? true));
    if (found !== undefined) found.left -= 1;
    const how = found?.trouble.how;
    if (how === 'hang') return;
    if (how === 'cut-before') return void incoming.socket.destroy();
    if (typeof how === 'object' && 'meanwhile' in how) await how.meanwhile();
    const answer =
      typeof how === 'object' && 'status' in how
        ? refused(new Refusal(how.status, 'InjectedFault', 'a fault was asked for'))
        : answerTo(request, incoming.headers.authorization);
    if (how === 'cut-after') return void incoming.socket.destroy();
    response.writeHead(answer.code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  function answerTo(request: ApiRequest, authorization: string | undefined): Answer {
    try {
      if (authorization !== `Bearer ${token}`) throw new Refusal(401, 'Unauthorized', 'Unauthorized');
      return handle(request);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  function handle(request: ApiRequest): Answer {
    const route = routeOf(request.path);
    if (route.resource === undefined) return { code: 200, body: discovery(route.group) };
    const { group, resource, namespace, name } = route;
    const kind = kindOf(group, resource);
    if (name === undefined && request.method === 'GET') {
      return { code: 200, body: listed(group, kind, resource, namespace, request.query.labelSelector) };
    }
    const place: Place = { group, resource, namespace, name: name ?? nameIn(request.body) };
    const manager = request.query.fieldManager ?? 'unknown';
    switch (request.method) {
      case 'GET': {
        const stored = store.get(place);
        if (stored === undefined) throw new Refusal(404, 'NotFound', `${resource} "${place.name}" not found`);
        return { code: 200, body: shown(stored) };
      }
      case 'POST':
        return { code: 201, body: shown(store.update(place, request.body, manager, true)) };
      case 'PATCH': {
        if (request.contentType !== 'application/apply-patch+yaml') {
          return { code: 200, body: shown(store.update(place, request.body, manager, false)) };
        }
        const { stored, isNew } = store.apply(place, request.body, manager, request.query.force === 'true');
        return { code: isNew ? 201 : 200, body: shown(stored) };
      }
      case 'DELETE': {
        const { preconditions } = request.body;
        return { code: 200, body: shown(store.remove(place, isNode(preconditions) ? preconditions : {})) };
      }
      default:
        throw new Refusal(405, 'MethodNotAllowed', request.method);
    }
  }

  function listed(
    group: string,
    kind: string,
    resource: string,
    namespace: string | undefined,
    selector = '',
  ): Node {
    const wanted = selector.split(',').filter((part) => part !== '');
    const items = store.all().filter(({ place, body }) => {
      const here = place.group === group && place.resource === resource;
      const labels = isNode(body.metadata) && isNode(body.metadata.labels) ? body.metadata.labels : {};
      const fits = wanted.every((part) => {
        const [key = '', value] = part.split('=');
        return labels[key] === value;
      });
      return here && fits && (namespace === undefined || place.namespace === namespace);
    });
    return { kind: `${kind}List`, apiVersion: group, metadata: {}, items: items.map(shown) };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'farutech-kubeconfig-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`, token));

  return {
    kubeconfig,
    requests,
    /** Solo lo que cambia algo. */
    writes: (): readonly ApiRequest[] => requests.filter(({ method }) => method !== 'GET'),
    /** Las siguientes que encajen fallan así. */
    trouble(trouble: Trouble): void {
      troubles.push({ trouble, left: trouble.times ?? 1 });
    },
    calm(): void {
      troubles = [];
    },
    /** `Kind nombre`, de lo que hay en un espacio de nombres; el propio espacio, también. */
    names: (namespace: string): readonly string[] =>
      store
        .all()
        .filter(({ place }) => (place.namespace ?? place.name) === namespace)
        .map(({ place }) => `${kindOf(place.group, place.resource)} ${place.name}`)
        .toSorted(),
    find(kind: string, name: string, namespace?: string): Node | undefined {
      const stored = store
        .all()
        .find(
          ({ place }) =>
            kindOf(place.group, place.resource) === kind &&
            place.name === name &&
            place.namespace === namespace,
        );
      return stored === undefined ? undefined : shown(stored);
    },
    /** Otro gestor de campos, por la puerta de atrás. */
    createAs: (manager: string, body: Node): Node => shown(store.update(placeOf(body), body, manager, true)),
    editAs: (manager: string, body: Node): Node => shown(store.update(placeOf(body), body, manager, false)),
    applyAs: (manager: string, body: Node, force = false): Node =>
      shown(store.apply(placeOf(body), body, manager, force).stored),
    removeAs: (body: Node): Node => shown(store.remove(placeOf(body), {})),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function read(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const url = new URL(incoming.url ?? '/', 'http://api');
  const body: Json = text === '' ? {} : JSON.parse(text);
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: incoming.headers['content-type'] ?? '',
    body: isNode(body) ? body : {},
  };
}

function routeOf(path: string) {
  const parts = path.split('/').filter((part) => part !== '');
  const [group, rest] =
    parts[0] === 'api' ? [parts[1] ?? '', parts.slice(2)] : [parts.slice(1, 3).join('/'), parts.slice(3)];
  const [first, second, third, fourth] = rest;
  if (first === 'namespaces' && third !== undefined) {
    return { group, namespace: second, resource: third, name: fourth };
  }
  return { group, namespace: undefined, resource: first, name: second };
}

function placeOf(body: Node): Place {
  const group = String(body.apiVersion);
  const found = groups[group]?.find(([kind]) => kind === body.kind);
  const { namespace } = isNode(body.metadata) ? body.metadata : {};
  return {
    group,
    resource: found?.[1] ?? '',
    namespace: typeof namespace === 'string' ? namespace : undefined,
    name: nameIn(body),
  };
}

const nameIn = (body: Node): string =>
  isNode(body.metadata) && typeof body.metadata.name === 'string' ? body.metadata.name : '';

const refused = ({ code, reason, message, causes }: Refusal): Answer => ({
  code,
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
    details: { causes: causes.map((cause) => ({ ...cause })) },
  },
});

function discovery(group: string): Node {
  const resources = groups[group];
  if (resources === undefined) throw new Refusal(404, 'NotFound', `there is no ${group}`);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group,
    resources: resources.map(([kind, name]) => ({
      kind,
      name,
      singularName: '',
      namespaced: kind !== 'Namespace',
      verbs: ['get', 'list', 'patch', 'delete'],
    })),
  };
}

// La biblioteca solo habla HTTP a secas con quien renuncia a comprobar el certificado.
const kubeconfigFor = (server: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prueba',
    clusters: [{ name: 'prueba', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'prueba', user: { token } }],
    contexts: [{ name: 'prueba', context: { cluster: 'prueba', user: 'prueba' } }],
  });
