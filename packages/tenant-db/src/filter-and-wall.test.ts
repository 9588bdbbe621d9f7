import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantFilter } from './tenant-filter.ts';
import { type Clinic, openClinic } from './testing/clinic/open-clinic.ts';
import { startTenantWorld, type TenantWorld } from './testing/tenant-world.ts';

let world: TenantWorld;
let norte: string;
let sur: string;
let clinic: Awaited<ReturnType<typeof openClinic>>;
const [ana, luna, sol, keeperOfSur] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

beforeAll(async () => {
  world = await startTenantWorld();
  [norte, sur] = [await world.addStandard(), await world.addStandard()];
  clinic = await openClinic(world.sharedUrl);
  await world.outside.query(`
    CREATE TABLE keeper (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text NOT NULL);
    CREATE TABLE patient (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text NOT NULL,
      keeper_id uuid REFERENCES keeper (id));
    GRANT SELECT, INSERT, UPDATE, DELETE ON keeper, patient TO farutech_app`);
}, 60_000);
afterAll(async () => {
  await clinic?.$disconnect();
  await world.close();
});

/** Ana es de norte y trae a Luna; Sol es de sur, y alguien la colgó de Ana. Rosa y los suyos son de sur. */
async function fill(): Promise<void> {
  await world.outside.query('DELETE FROM patient; DELETE FROM keeper');
  await world.outside.query(
    `INSERT INTO keeper VALUES ('${ana}', '${norte}', 'Ana'), ('${keeperOfSur}', '${sur}', 'Rosa')`,
  );
  await world.outside.query(
    `INSERT INTO patient VALUES ('${luna}', '${norte}', 'Luna', '${ana}'), ('${sol}', '${sur}', 'Sol', '${ana}')`,
  );
}

const nameOf = async (id: string): Promise<string | undefined> =>
  (await world.outside.query<{ name: string }>('SELECT name FROM patient WHERE id = $1', [id])).rows[0]?.name;
const countOfSur = async (): Promise<number> =>
  (await world.outside.query(`SELECT 1 FROM patient WHERE tenant_id = '${sur}'`)).rowCount ?? 0;

/** Como norte, con la extensión puesta; `seen` es lo que quedó a la vista o escrito. */
const leaks: readonly (readonly [string, (db: Clinic) => Promise<unknown>, unknown, unknown])[] = [
  [
    'include',
    async (db) => {
      const keepers = await db.keeper.findMany({ include: { patients: { orderBy: { name: 'asc' } } } });
      return keepers.map(({ name, patients }) => [name, patients?.map((one) => one.name)]);
    },
    [['Ana', ['Luna', 'Sol']]],
    [['Ana', ['Luna']]],
  ],
  [
    '_count',
    async (db) =>
      (await db.keeper.findMany({ include: { _count: { select: { patients: true } } } }))[0]?._count,
    { patients: 2 },
    { patients: 1 },
  ],
  [
    'escritura anidada de lo que ya está',
    async (db) => {
      const data = { patients: { updateMany: { where: {}, data: { name: 'Robada' } } } };
      await db.keeper.update({ where: { id: ana }, data });
      return 'hecho';
    },
    'hecho',
    'hecho',
  ],
  [
    'escritura anidada de algo nuevo',
    async (db) => {
      const created = { id: randomUUID(), tenantId: sur, name: 'Intrusa' };
      return await db.keeper.update({ where: { id: ana }, data: { patients: { create: created } } }).then(
        ({ name }) => name,
        (error: Error) => (/row-level security/.test(error.message) ? 'rechazada' : error),
      );
    },
    'Ana',
    'rechazada',
  ],
  [
    'SQL a mano',
    (db) => db.$queryRawUnsafe('SELECT name FROM patient ORDER BY name'),
    [{ name: 'Luna' }, { name: 'Sol' }],
    [{ name: 'Luna' }],
  ],
];

describe('la extensión es la comodidad y RLS es la pared', () => {
  it('lo que se pide directamente a un modelo sí lo filtra la extensión', async () => {
    await fill();

    const seen = await clinic.$extends(tenantFilter(norte)).patient.findMany();

    expect(seen.map(({ name }) => name)).toEqual(['Luna']);
  });

  it.each(leaks)('%s: con la extensión sola se escapa, con RLS no', async (what, act, leaked, walled) => {
    const extended = clinic.$extends(tenantFilter(norte));
    const asNorte = (): Promise<unknown> =>
      extended.$transaction(async (tx) => {
        await tx.$queryRawUnsafe(`SELECT set_config('app.tenant_id', $1, true)`, norte);
        return await act(tx);
      });
    await world.outside.query(`
      ALTER TABLE keeper DISABLE ROW LEVEL SECURITY; ALTER TABLE patient DISABLE ROW LEVEL SECURITY`);

    await fill();
    const alone = await asNorte();
    const afterAlone = [await nameOf(sol), await countOfSur()];
    await world.outside.query(`SELECT protect_tenant_table('keeper'), protect_tenant_table('patient')`);
    await fill();
    const behindTheWall = await asNorte().catch((error: Error) =>
      /row-level security|25P02/.test(error.message) ? walled : error,
    );
    const afterWall = [await nameOf(sol), await countOfSur()];

    expect(alone).toEqual(leaked);
    expect(behindTheWall).toEqual(walled);
    expect(afterWall).toEqual(['Sol', 1]);
    if (what.startsWith('escritura')) expect(afterAlone).not.toEqual(afterWall);
  });
});
