import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { visitDatabase } from '../../../packages/messaging/src/visit-database.ts';
import { onDatabase, tenantDatabaseName } from '../../../workers/src/provisioning/tenant-names.ts';
import { farutech, farutechJson } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import type { FaultWorld, InFaultWorld } from '../../support/fault-world.ts';
import { freshCode, provision, statusOf } from '../../support/instances.ts';
import { proving, recordProof } from '../../support/proof.ts';

const count = proving ? 200 : 6;
const added = '20990101000000_vaccine_lots';

interface Drift {
  readonly behind: number;
  readonly total: number;
  readonly databases: readonly { readonly id: string; readonly missing: readonly string[] }[];
}

async function provisionAll({ operator, customerId }: FaultWorld): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += 10) {
    const batch = await Promise.all(
      Array.from({ length: Math.min(10, count - from) }, () =>
        provision(operator, { customerId, instanceCode: freshCode('lote'), databaseTier: 'ENTERPRISE' }),
      ),
    );
    ids.push(...batch.map(({ id }) => id));
  }
  await eventually(
    async () => {
      for (const id of ids) expect(await statusOf(operator, id)).toBe('ACTIVE');
    },
    { withinMs: 300_000, everyMs: 500 },
  );
  return ids;
}

/** Una versión nueva del producto: su migración, y el trabajador que la trae. */
async function bringNewMigration({ stack, productsDir }: FaultWorld): Promise<void> {
  const folder = join(productsDir, 'farutech-vet', 'migrations', added);
  await mkdir(folder);
  await writeFile(
    join(folder, 'migration.sql'),
    `CREATE TABLE vaccine_lot (tenant_id uuid NOT NULL, id uuid NOT NULL, code text NOT NULL, PRIMARY KEY (tenant_id, id));
     SELECT protect_tenant_table('vaccine_lot');`,
  );
  const before = stack.kill('worker-provisioning');
  await eventually(() => expect(stack.pidOf('worker-provisioning')).not.toBe(before));
}

const inDatabaseOf = ({ postgres }: FaultWorld, instanceId: string, sql: string): Promise<number | null> =>
  visitDatabase(
    onDatabase(postgres.adminUrl, tenantDatabaseName(instanceId)),
    'fault-world',
    async (client) => (await client.query(sql)).rowCount,
  );

/** También las de la demostración están detrás: son del mismo producto. */
const driftNow = async ({ stack }: FaultWorld): Promise<Drift> => {
  const options = ['tenants', 'drift', '--product', 'FARUTECH_VET'];
  return await eventually(() => farutechJson<Drift>(stack.env, options), { withinMs: 30_000 });
};

const migrations = async ({ ask }: FaultWorld): Promise<number> =>
  (await ask('tenancy', `SELECT 1 FROM operation WHERE kind = 'MIGRATE_SCHEMA'`)).length;

const migrate = ({ stack }: FaultWorld) =>
  farutech(stack.env, [
    'tenants',
    'migrate',
    '--product',
    'FARUTECH_VET',
    '--canary',
    '2',
    '--parallel',
    '4',
  ]);

export function twoHundredDatabases(world: InFaultWorld): void {
  let made: readonly string[];
  beforeAll(async () => {
    made = await provisionAll(world());
    await bringNewMigration(world());
  }, 600_000);

  it('con una rota entre ellas: las demás se migran, de la rota se dice qué, y otra vez solo se toca la rota', async () => {
    const open = world();
    // Una tabla con ese nombre que no es nuestra: la migración no puede pasar en esta base, y en las demás sí.
    const broken = made.at(-1) ?? '';
    await inDatabaseOf(open, broken, 'CREATE TABLE vaccine_lot (x int)');
    const { behind, total } = await driftNow(open);
    expect(behind).toBe(total);
    expect(total).toBeGreaterThanOrEqual(count);

    const since = performance.now();
    const first = await migrate(open);
    const seconds = (performance.now() - since) / 1_000;

    expect(first.code).toBe(1);
    expect(first.err).toContain(`${total - 1} migrated, 1 failed, 0 were up to date`);
    expect(first.err).toContain('MIGRATION_FAILED');
    expect(first.err).toContain(added);
    expect(await migrations(open)).toBe(total);
    const after = await driftNow(open);
    expect(after.databases.map(({ id }) => id)).toEqual([broken]);

    const second = await migrate(open);

    expect(second.code).toBe(1);
    expect(second.err).toContain('A canary failed; 0 others left alone.');
    expect(await migrations(open)).toBe(total + 1);

    await inDatabaseOf(open, broken, 'DROP TABLE vaccine_lot');
    const third = await migrate(open);

    expect(third.code).toBe(0);
    expect(third.out).toContain(`1 migrated, 0 failed, ${total - 1} were up to date`);
    expect((await driftNow(open)).behind).toBe(0);
    await recordProof('schema-fan-out', {
      'databases, one of them broken': total,
      'migrated by the first run': total - 1,
      'seconds of the first run (2 canaries, then 4 at once)': seconds.toFixed(1),
      'touched by the second run': 1,
    });
  }, 300_000);

  it('una canaria que falla deja a las demás como estaban', async () => {
    const open = world();
    const [canary = ''] = made;
    await inDatabaseOf(
      open,
      canary,
      `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${added}'`,
    );

    const said = await farutech(open.stack.env, ['tenants', 'migrate', '--only', canary]);

    expect(said.code).toBe(1);
    expect(said.err).toContain('A canary failed; 0 others left alone.');
    expect(await statusOf(open.operator, canary)).toBe('ACTIVE');
  }, 60_000);
}
