import type { LiveReservation, SeenOperation, Sighting } from './sighting.ts';

// Lo que la tarea que borra bases vencidas puede tardar en pasar.
const dropSlackMs = 3_600_000;

const unfinished = new Set(['SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING']);

const newestFirst = (a: SeenOperation, b: SeenOperation): number =>
  b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1);

// Por qué nadie quiere ya lo reservado; nada si alguien lo quiere.
function unwanted(held: LiveReservation, seen: Sighting): string | undefined {
  const instance = seen.instances.find(({ id }) => id === held.instanceId);
  if (instance === undefined) return 'is no instance';
  if (held.dropAfter !== null) {
    return held.dropAfter.getTime() + dropSlackMs < seen.now.getTime()
      ? 'should have been dropped'
      : undefined;
  }
  if (instance.status === 'DECOMMISSIONED') return 'is DECOMMISSIONED';
  const theirs = seen.operations.filter(({ instanceId }) => instanceId === instance.id).toSorted(newestFirst);
  // Con algo en marcha, o parado a medias sin deshacer, no se sabe aún qué sobra.
  if (theirs.some(({ state }) => unfinished.has(state)) || theirs[0]?.state === 'FAILED') return undefined;
  if (theirs[0]?.kind === 'PROVISION' && theirs[0].state === 'COMPENSATED') return 'was undone';
  const home = seen.homes.find(({ tenantId }) => tenantId === instance.id);
  return held.tier === (home?.tier ?? instance.tier)
    ? undefined
    : `lives in the ${home?.tier ?? instance.tier} tier`;
}

// Lo que existe y nadie reservó, y lo reservado que nadie quiere.
export function orphans(seen: Sighting): readonly string[] {
  const held = new Set(seen.reservations.map(({ databaseName }) => databaseName));
  const placed = new Set(
    seen.reservations.map(({ instanceId, databaseName }) => `${instanceId} ${databaseName}`),
  );
  const nobodys = (id: string): boolean => !seen.reservations.some(({ instanceId }) => instanceId === id);
  return [
    ...seen.databases
      .filter((name) => !held.has(name))
      .map((name) => `database ${name} is reserved by nobody`),
    ...seen.roles.filter((name) => !held.has(name)).map((name) => `role ${name} is reserved by nobody`),
    ...seen.reservations.flatMap((one) => {
      const why = unwanted(one, seen);
      return why === undefined ? [] : [`${one.databaseName} is reserved for ${one.instanceId}, which ${why}`];
    }),
    ...seen.tenantRows
      .filter(({ tenantId, databaseId }) => !placed.has(`${tenantId} ${databaseId}`))
      .map(
        ({ tenantId, databaseId, table }) =>
          `${table} of ${databaseId} has rows of ${tenantId}, not reserved there`,
      ),
    ...seen.subdomains
      .filter(({ instanceId }) => nobodys(instanceId))
      .map(({ host, instanceId }) => `${host} points to ${instanceId}, which has nothing reserved`),
  ];
}
