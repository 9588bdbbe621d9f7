import { PermanentError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import { elsewhere, isConflict } from './tenant-gate.ts';
import { type FindHomes, sharedDatabaseId, type TenantHome, type TenantPlace } from './tenant-home.ts';
import { unavailable } from './unavailable.ts';

/** Un traslado cierra una casa con la otra ya abierta: quien espera, espera a que se sepa dónde está. */
const followLimitMs = 5_000;
const askAgainMs = 15;
const maxConflicts = 10;

const withoutHome = (tenantId: string): PermanentError =>
  new PermanentError('TENANT_WITHOUT_HOME', `tenant ${tenantId} has no database`);

/** The database of that name, if it is one that can be opened. */
export function placeNamed(databaseId: string | null, home: TenantHome): TenantPlace | undefined {
  if (databaseId === null) return undefined;
  if (databaseId === home.databaseId) return home;
  if (databaseId === home.other?.databaseId) return home.other;
  return databaseId === sharedDatabaseId
    ? { databaseId: sharedDatabaseId, databaseTier: 'STANDARD' }
    : undefined;
}

/** El extremo del traslado que aún no ha fallado, si queda alguno. */
const endLeft = (home: TenantHome, failed: ReadonlySet<string>): TenantPlace | undefined =>
  [home, home.other].find((place) => place !== null && !failed.has(place.databaseId)) ?? undefined;

/** Goes where the tenant is, and begins again when its gate sends it to another database or two are in each other's way. */
export function createFollower(findHomes: FindHomes) {
  let redirects = 0;
  let conflicts = 0;

  async function homeOf(tenantId: string): Promise<TenantHome> {
    const home = (await findHomes([tenantId])).get(tenantId);
    if (home === undefined) throw withoutHome(tenantId);
    return home;
  }

  return {
    homeOf,
    figures: () => ({ redirects, conflicts }),
    /** `attempt` puede hacerse más de una vez: cada una es una transacción propia, y solo queda la última. */
    async follow<T>(
      tenantId: string,
      attempt: (place: TenantPlace, entered: () => void) => Promise<T>,
    ): Promise<T> {
      let home = await homeOf(tenantId);
      let place: TenantPlace = home;
      let followed = 0;
      let disturbed = 0;
      const failed = new Set<string>();
      const since = performance.now();
      for (;;) {
        let inside = false;
        try {
          return await attempt(place, () => {
            inside = true;
          });
        } catch (error) {
          if (isConflict(error)) {
            conflicts += 1;
            disturbed += 1;
            if (disturbed > maxConflicts) throw unavailable(error);
            await pause(disturbed);
            continue;
          }
          const sent = elsewhere(error);
          if (sent === undefined) {
            if (inside || error instanceof PermanentError) throw error;
            // No llegó a entrar, así que no hizo nada: la base que se deja puede haberse quitado ya, y esta ruta ser vieja.
            failed.add(place.databaseId);
            home = await homeOf(tenantId);
            const left = endLeft(home, failed);
            if (left === undefined) throw error;
            redirects += 1;
            place = left;
            continue;
          }
          if (sent.closed) throw withoutHome(tenantId);
          redirects += 1;
          followed += 1;
          if (performance.now() - since > followLimitMs) throw unavailable(error);
          let next = placeNamed(sent.movedTo, home);
          // Quien señala a una base que aquí no se conoce, o va y viene, espera a que se diga dónde vive.
          if (next === undefined || next.databaseId === place.databaseId || followed > 2) {
            await pause(askAgainMs);
            home = await homeOf(tenantId);
            next = placeNamed(sent.movedTo, home);
          }
          place = next ?? home;
        }
      }
    },
  };
}
