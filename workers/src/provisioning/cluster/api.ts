import { ConfigurationError } from '@farutech/runtime/production';
import {
  createConfiguration,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  type ResponseContext,
  ServerConfiguration,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { judgeFailure } from './api-failure.ts';
import { fieldManager } from './labels.ts';
import type { Manifest } from './manifests.ts';

const pageSize = 500;

export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Un objeto a partir del que ya se vio: si otro lo cambió o lo borró desde entonces, no vale. */
export interface Lock {
  readonly uid: string;
  readonly resourceVersion: string;
}

const text = z.record(z.string(), z.string()).default({});
const seenObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: text,
    annotations: text,
    deletionTimestamp: z.unknown().optional(),
  }),
  spec: z.object({ replicas: z.number().optional() }).loose().optional(),
});
export type Seen = z.output<typeof seenObject>;

export type KubernetesApi = ReturnType<typeof createKubernetesApi>;

/** Lo que la biblioteca calla: si lo que se aplicó nació con ello (201) o ya estaba (200). */
class ObservedApi extends KubernetesObjectApi {
  readonly born = new WeakSet<object>();
  protected override async processResponse<T extends KubernetesObject>(
    response: ResponseContext,
    type?: string,
  ): Promise<T> {
    const result = await super.processResponse<T>(response, type);
    if (response.httpStatusCode === 201) this.born.add(result);
    return result;
  }
}

export interface ApiAccess {
  readonly mode: 'in-cluster' | 'kubeconfig';
  /** Un fichero; sin él, lo que kubectl leería. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly requestTimeoutMs: number;
}

/** Lo que está mal escrito se dice al arrancar, no en la primera operación. */
function readAccess({ mode, kubeconfig, context }: ApiAccess): { access: KubeConfig; server: string } {
  const access = new KubeConfig();
  try {
    if (mode === 'in-cluster') access.loadFromCluster();
    else if (kubeconfig === undefined) access.loadFromDefault();
    else access.loadFromFile(kubeconfig);
  } catch (error) {
    throw new ConfigurationError(`KUBECONFIG: it cannot be read: ${String(error)}.`);
  }
  if (context !== undefined) access.setCurrentContext(context);
  const server = access.getCurrentCluster()?.server;
  if (server === undefined || !URL.canParse(server)) {
    throw new ConfigurationError(
      mode === 'in-cluster'
        ? 'KUBERNETES: in-cluster works in a pod only: KUBERNETES_SERVICE_HOST and _PORT are missing.'
        : 'KUBECONFIG, KUBERNETES_CONTEXT: they name no cluster.',
    );
  }
  return { access, server };
}

/** Las pocas peticiones que se hacen, con plazo y con errores nuestros. */
export function createKubernetesApi(access: ApiAccess) {
  const { access: credentials, server } = readAccess(access);
  const api = new ObservedApi(
    createConfiguration({
      baseServer: new ServerConfiguration(server, {}),
      authMethods: { default: credentials },
      promiseMiddleware: [
        {
          async pre(request) {
            request.setSignal(AbortSignal.timeout(access.requestTimeoutMs));
            return request;
          },
          post: async (response) => response,
        },
      ],
    }),
  );

  const nameOf = ({ kind, metadata }: Ref): string =>
    metadata.namespace === undefined
      ? `${kind} ${metadata.name}`
      : `${kind} ${metadata.name} in ${metadata.namespace}`;

  async function said<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw judgeFailure(error, what) ?? error;
    }
  }
  const isMissing = (error: unknown): boolean =>
    error instanceof Error && 'code' in error && error.code === 404;

  return {
    read: (ref: Ref): Promise<Seen | undefined> =>
      said(nameOf(ref), async () => {
        try {
          return seenObject.parse(await api.read(header(ref)));
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      }),

    /** Nunca a la fuerza. Con `lock` el objeto tiene que estar y no haber cambiado. */
    apply: (manifest: Manifest, lock?: Lock): Promise<{ readonly now: Seen; readonly born: boolean }> =>
      said(nameOf(manifest), async () => {
        const body = { ...manifest, metadata: { ...manifest.metadata, ...only(lock) } };
        const now = await api.patch(
          body,
          undefined,
          undefined,
          fieldManager,
          false,
          PatchStrategy.ServerSideApply,
        );
        return { now: seenObject.parse(now), born: api.born.has(now) };
      }),

    /** Un cambio suelto en algo que no es nuestro entero. */
    merge: (ref: Ref, change: Change, resourceVersion?: string): Promise<Seen> =>
      said(nameOf(ref), async () => {
        const { annotations, ...rest } = change;
        const version = resourceVersion === undefined ? {} : { resourceVersion };
        const body = { ...header(ref), ...rest, metadata: { ...ref.metadata, annotations, ...version } };
        return seenObject.parse(
          await api.patch(body, undefined, undefined, fieldManager, undefined, PatchStrategy.MergePatch),
        );
      }),

    /** Sin `resourceVersion` basta con que sea el mismo. Que ya no esté no es un fallo. */
    remove: (ref: Ref, { uid, resourceVersion }: Pick<Lock, 'uid'> & Partial<Lock>): Promise<void> =>
      said(nameOf(ref), async () => {
        const preconditions = { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
        try {
          await api.delete(header(ref), undefined, undefined, undefined, undefined, 'Background', {
            preconditions,
          });
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      }),

    list: (apiVersion: string, kind: string, where: Where): Promise<readonly Seen[]> =>
      said(kind, async () => {
        const found: Seen[] = [];
        for (let next: string | undefined, first = true; first || next; first = false) {
          const page = await api.list(
            apiVersion,
            kind,
            where.namespace,
            undefined,
            undefined,
            undefined,
            undefined,
            where.labelSelector,
            pageSize,
            next,
          );
          found.push(...page.items.map((item) => seenObject.parse(item)));
          next = page.metadata?._continue;
        }
        return found;
      }),
  };
}

interface Where {
  readonly namespace?: string;
  readonly labelSelector?: string;
}

interface Change {
  readonly annotations: Record<string, string>;
  readonly spec?: { readonly replicas: number };
}

const only = (lock: Lock | undefined): Partial<Lock> =>
  lock === undefined ? {} : { uid: lock.uid, resourceVersion: lock.resourceVersion };

/** La biblioteca completa el objeto que se le da: se le da uno suyo. */
const header = ({ apiVersion, kind, metadata: { name, namespace } }: Ref) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
