import { pendingOf, unsentOf } from '@farutech/messaging/pending';
import { controlPlaneNames } from '@farutech/prisma/control-plane';
import type { Place } from '../place.ts';
import { readTenancy, readWorkers } from './read-control-plane.ts';
import { readTenantsServer } from './read-tenants-server.ts';
import type { Sighting } from './sighting.ts';

// Todo lo que hay que ver, una vez. Nada de ello se bloquea: de lo que se mueve mientras se mira salen faltas que no lo son.
export async function look(place: Place): Promise<{ readonly seen: Sighting; readonly blind: boolean }> {
  const unsent = Promise.all(
    controlPlaneNames.map(async (database) => ({
      database,
      rows: await unsentOf(place.databaseUrl(database)),
    })),
  );
  const [tenancy, workers, { blind, ...tenants }, consumers, unsentRows] = await Promise.all([
    readTenancy(place.databaseUrl('tenancy')),
    readWorkers(place.databaseUrl('workers')),
    readTenantsServer(place.tenantServerUrl(), place.tenantsDatabaseUrl()),
    pendingOf(place.natsUrl()),
    unsent,
  ]);
  return { seen: { ...tenancy, ...workers, ...tenants, consumers, unsent: unsentRows }, blind };
}
