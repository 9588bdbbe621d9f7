import { groupBy } from './group-by.ts';
import type { SeenInstance, Sighting } from './sighting.ts';

const unfinished = new Set(['SCHEDULED', 'RUNNING', 'COMPENSATING']);

// Quien está en marcha vive en un solo sitio, y es ahí donde su puerta deja escribir; quien se fue, en ninguno.
export function homesBroken({ instances, homes, gates, operations }: Sighting): readonly string[] {
  const homesOf = groupBy(homes, ({ tenantId }) => tenantId);
  const gatesOf = groupBy(
    gates.filter(({ state }) => state === 'OPEN' || state === 'LOGGING'),
    ({ tenantId }) => tenantId,
  );
  const moving = new Set(
    operations
      .filter(({ kind, state }) => kind === 'MOVE_TIER' && unfinished.has(state))
      .map(({ instanceId }) => instanceId),
  );

  function broken({ id, status }: SeenInstance): readonly string[] {
    const housed = homesOf.get(id) ?? [];
    const open = (gatesOf.get(id) ?? []).map(({ databaseId }) => databaseId);
    const writable = `can be written in ${open.length === 0 ? 'no database' : open.toSorted().join(' and ')}`;
    if (status === 'DECOMMISSIONED') {
      return [
        ...(housed.length > 0 ? [`${id} is DECOMMISSIONED and has a home`] : []),
        ...(open.length > 0 ? [`${id} is DECOMMISSIONED and ${writable}`] : []),
      ];
    }
    // A quien nace o falló a medias aún le puede faltar; dos, nunca.
    const least = status === 'ACTIVE' || status === 'SUSPENDED' ? 1 : 0;
    const found: string[] = [];
    if (housed.length < least) found.push(`${id} is ${status} and has no home`);
    if (open.length < least || open.length > 1) found.push(`${id} is ${status} and ${writable}`);
    const [home] = housed;
    const [only] = open;
    if (home !== undefined && open.length === 1 && only !== home.databaseId && !moving.has(id)) {
      found.push(`${id} is sent to ${home.databaseId} and ${writable}`);
    }
    return found;
  }

  const known = new Set(instances.map(({ id }) => id));
  return [
    ...instances.flatMap(broken),
    ...[...gatesOf.keys()].filter((id) => !known.has(id)).map((id) => `${id} has a gate and is no instance`),
  ];
}
