import { setTimeout as wait } from 'node:timers/promises';
import type { FindHomes, TenantHome, TenantPlace } from '@farutech/tenant-db/tenant-home';
import { Secret } from '../../packages/kernel/src/secret.ts';
import type { ProvisioningWorld } from '../../workers/src/testing/provisioning-world.ts';

interface HomeFact {
  readonly name: string;
  readonly data: {
    readonly databaseId?: string;
    readonly connectionCiphertext?: string | null;
  };
}

const cipherOwner = (instanceId: string): string => `TenantInstance:${instanceId}:connectionString`;

async function readHome(world: ProvisioningWorld, id: string): Promise<TenantHome | undefined> {
  const { rows } = await world.pool.query<HomeFact>(
    `SELECT name, data FROM outbox WHERE aggregate_id = $1 AND name IN ('TenantInstanceProvisioned',
       'TenantMovePrepared', 'TenantHomeMoved', 'OperationCompensated', 'OperationSucceeded') ORDER BY id`,
    [id],
  );
  let home: TenantPlace | undefined;
  let other: TenantPlace | null = null;
  for (const { name, data } of rows) {
    if (data.databaseId === undefined) {
      other = null;
      continue;
    }
    const ciphertext = data.connectionCiphertext ?? null;
    const place: TenantPlace =
      ciphertext === null
        ? { databaseId: 'shared', databaseTier: 'STANDARD' }
        : {
            databaseId: data.databaseId,
            databaseTier: 'ENTERPRISE',
            connectionString: new Secret(world.cipher.decrypt(ciphertext, cipherOwner(id)).reveal()),
          };
    if (name === 'TenantMovePrepared') other = place;
    else if (home?.databaseId !== place.databaseId) [home, other] = [place, home ?? null];
  }
  return home === undefined ? undefined : { ...home, other };
}

/**
 * Dónde vive un inquilino según los hechos contados: lo que tenancy sabría, sin levantarla, y como ella un poco tarde
 * (se miran cada 50 ms).
 */
export async function homesFromFacts(
  world: ProvisioningWorld,
  tenantId: string,
): Promise<{ readonly findHomes: FindHomes; now(): Promise<TenantHome | undefined>; stop(): Promise<void> }> {
  const stopping = new AbortController();
  let home = await readHome(world, tenantId);
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      home = await readHome(world, tenantId);
      await wait(50, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    findHomes: async () => new Map(home === undefined ? [] : [[tenantId, home]]),
    now: () => readHome(world, tenantId),
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
