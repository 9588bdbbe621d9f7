import { randomUUID } from 'node:crypto';
import { isNode, type Json, leavesOf, merged, type Node, same, withLeaf } from './kubernetes-fields.ts';

export interface Place {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface Stored {
  readonly place: Place;
  readonly uid: string;
  readonly createdAt: string;
  version: number;
  deletedAt: string | undefined;
  body: Node;
  /** Quién puso cada hoja: `gestor/Apply` o `gestor/Update`. */
  readonly owners: Map<string, Set<string>>;
}

/** Lo que la API contesta cuando no puede. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly causes: readonly { reason: string; message: string; field: string }[] = [],
  ) {
    super(message);
  }
}

const conflict = (message: string): Refusal => new Refusal(409, 'Conflict', message);
const keyOf = ({ group, resource, namespace, name }: Place): string =>
  `${group}/${namespace ?? ''}/${resource}/${name}`;
const metadataOf = (body: Node): Node => (isNode(body.metadata) ? body.metadata : {});

/** Lo que el servidor escribe, y no quien aplica. */
const system = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'deletionTimestamp']);
const ofServer = /^\.(apiVersion|kind|metadata\.(name|namespace))$/;

function intentOf(body: Node): Node {
  const metadata = Object.fromEntries(Object.entries(metadataOf(body)).filter(([key]) => !system.has(key)));
  return { ...body, metadata };
}

/** Objetos con versión, dueños de campos y espacios de nombres que tardan en irse. */
export function createObjectStore({ terminationMs }: { readonly terminationMs: number }) {
  const objects = new Map<string, Stored>();
  let version = 100;

  function refuseOutside(place: Place): void {
    if (place.namespace === undefined) return;
    const home = objects.get(
      keyOf({ group: 'v1', resource: 'namespaces', namespace: undefined, name: place.namespace }),
    );
    if (home === undefined) throw new Refusal(404, 'NotFound', `namespaces "${place.namespace}" not found`);
    if (home.deletedAt === undefined) return;
    const message = `unable to create new content in namespace ${place.namespace} because it is being terminated`;
    throw new Refusal(403, 'Forbidden', message, [
      { reason: 'NamespaceTerminating', message: 'is being terminated', field: 'metadata.namespace' },
    ]);
  }

  function refuseStale(body: Node, stored: Stored | undefined): void {
    const { uid, resourceVersion } = metadataOf(body);
    if (stored === undefined) {
      if (uid !== undefined) throw conflict(`uid mismatch: ${String(uid)}, and no existing object was found`);
      return;
    }
    if (uid !== undefined && uid !== stored.uid) throw conflict('Precondition failed: UID in precondition');
    if (resourceVersion !== undefined && resourceVersion !== `${stored.version}`) {
      throw conflict('the object has been modified; please apply your changes to the latest version');
    }
  }

  function born(place: Place): Stored {
    refuseOutside(place);
    const createdAt = new Date().toISOString();
    const stored: Stored = {
      place,
      uid: randomUUID(),
      createdAt,
      version: 0,
      deletedAt: undefined,
      body: {},
      owners: new Map(),
    };
    objects.set(keyOf(place), stored);
    return stored;
  }

  /** Lo que no cambia nada no cambia la versión. */
  function write(stored: Stored, body: Node): void {
    if (stored.version > 0 && same(stored.body, body)) return;
    stored.body = body;
    version += 1;
    stored.version = version;
  }

  const ownersOf = (stored: Stored, path: string): Set<string> => stored.owners.get(path) ?? new Set();

  return {
    get: (place: Place): Stored | undefined => objects.get(keyOf(place)),
    all: (): readonly Stored[] => [...objects.values()],

    apply(place: Place, body: Node, manager: string, force: boolean): { stored: Stored; isNew: boolean } {
      const me = `${manager}/Apply`;
      const before = objects.get(keyOf(place));
      refuseStale(body, before);
      const wanted = new Map([...leavesOf(intentOf(body))].filter(([path]) => !ofServer.test(path)));
      const inDispute = [...wanted].flatMap(([path, value]) => {
        if (before === undefined || same(leavesOf(before.body).get(path), value)) return [];
        return [...ownersOf(before, path)].filter((owner) => owner !== me).map((owner) => ({ path, owner }));
      });
      if (inDispute.length > 0 && !force) {
        const causes = inDispute.map(({ path, owner }) => {
          const [name = '', how] = owner.split('/');
          const message = `conflict with ${JSON.stringify(name)}${how === 'Update' ? ' using v1' : ''}`;
          return { reason: 'FieldManagerConflict', message, field: path };
        });
        throw new Refusal(409, 'Conflict', `Apply failed with ${causes.length} conflicts`, causes);
      }
      const stored = before ?? born(place);
      for (const { path } of inDispute) stored.owners.set(path, new Set());
      let next: Node =
        before === undefined ? { apiVersion: body.apiVersion ?? '', kind: body.kind ?? '' } : stored.body;
      for (const [path, owners] of stored.owners) {
        if (wanted.has(path) || !owners.delete(me)) continue;
        if (owners.size === 0) next = withLeaf(next, path, undefined);
      }
      for (const [path, value] of wanted) {
        next = withLeaf(next, path, value);
        stored.owners.set(path, ownersOf(stored, path).add(me));
      }
      write(stored, next);
      return { stored, isNew: before === undefined };
    },

    /** Lo que hacen kubectl edit y los controladores: quien cambia una hoja se la queda. */
    update(place: Place, patch: Node, manager: string, create: boolean): Stored {
      const me = `${manager}/Update`;
      const before = objects.get(keyOf(place));
      if (create && before !== undefined)
        throw new Refusal(409, 'AlreadyExists', `${place.name} already exists`);
      if (!create && before === undefined) throw new Refusal(404, 'NotFound', `${place.name} not found`);
      refuseStale(patch, before);
      const stored = before ?? born(place);
      const old = leavesOf(stored.body);
      const next = merged(stored.body, intentOf(patch));
      if (!isNode(next)) throw new Refusal(400, 'BadRequest', 'not an object');
      for (const [path, value] of leavesOf(next)) {
        if (!ofServer.test(path) && !same(old.get(path), value)) stored.owners.set(path, new Set([me]));
      }
      write(stored, next);
      return stored;
    },

    remove(place: Place, preconditions: Node): Stored {
      const stored = objects.get(keyOf(place));
      if (stored === undefined) throw new Refusal(404, 'NotFound', `${place.name} not found`);
      refuseStale({ metadata: preconditions }, stored);
      if (place.resource !== 'namespaces') objects.delete(keyOf(place));
      else if (stored.deletedAt === undefined) {
        stored.deletedAt = new Date().toISOString();
        write(stored, { ...stored.body, status: { phase: 'Terminating' } });
        // Desacoplado de quien lo pidió, como el controlador de verdad; no retiene al proceso.
        setTimeout(() => {
          for (const [key, { place: inner }] of objects)
            if (inner.namespace === place.name) objects.delete(key);
          objects.delete(keyOf(place));
        }, terminationMs).unref();
      }
      return stored;
    },
  };
}

/** Como sale por la red. */
export function shown({ place, uid, version, createdAt, deletedAt, body, owners }: Stored): Node {
  const managers = new Set([...owners.values()].flatMap((names) => [...names]));
  const managedFields: readonly Json[] = [...managers].map((owner) => {
    const [manager = '', operation = ''] = owner.split('/');
    const paths = [...owners].filter(([, names]) => names.has(owner)).map(([path]) => [path, {}] as const);
    return { manager, operation, fieldsType: 'FieldsV1', fieldsV1: Object.fromEntries(paths) };
  });
  return {
    ...body,
    metadata: {
      ...metadataOf(body),
      name: place.name,
      ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
      uid,
      resourceVersion: `${version}`,
      creationTimestamp: createdAt,
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
      managedFields,
    },
  };
}
