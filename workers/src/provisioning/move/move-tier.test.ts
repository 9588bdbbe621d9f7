import type { DataOf } from '@farutech/contracts/contract';
import type { moveTenantTier } from '@farutech/contracts/provisioning';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  type Fact,
  nothing,
  openProvisioningWorld,
  type ProvisioningWorld,
  type ProvisionOrder,
  provision,
  story,
} from '../../testing/provisioning-world.ts';
import { decide, perform } from '../perform.ts';
import { createSharedTenants } from '../shared-tenants.ts';
import { tenantDatabaseName } from '../tenant-names.ts';

vi.setConfig({ testTimeout: 60_000 });

type MoveOrder = DataOf<typeof moveTenantTier>;
type Tier = MoveOrder['to'];

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld({ modest: true });
}, 60_000);
afterAll(() => world?.close());

const otherTier = (tier: Tier): Tier => (tier === 'STANDARD' ? 'ENTERPRISE' : 'STANDARD');

/** Una instancia que ya vive, con un paciente y su cita. */
async function anInstance(databaseTier: Tier): Promise<ProvisionOrder> {
  const request = aRequest({ databaseTier });
  await provision(world.engine(), request, aDelivery());
  await addPatient(request, databaseTier, 'Luna');
  return request;
}

function moveOf({ planCode: _, maxUsers: __, ...rest }: ProvisionOrder): MoveOrder {
  return { ...rest, operationId: v7(), to: otherTier(rest.databaseTier) };
}

const databaseOf = (instanceId: string, tier: Tier): string =>
  tier === 'STANDARD' ? 'tenants' : tenantDatabaseName(instanceId);

/** Como superusuario, que no pasa por RLS pero sí por la puerta. */
async function at<T>(
  { instanceId }: { instanceId: string },
  tier: Tier,
  work: (client: pg.Client) => Promise<T>,
) {
  const client = new pg.Client({ connectionString: world.server.url(databaseOf(instanceId, tier)) });
  await client.connect();
  try {
    await client.query(`SELECT set_config('app.tenant_id', $1, false)`, [instanceId]);
    return await work(client);
  } finally {
    await client.end();
  }
}

const addPatient = (order: { instanceId: string }, tier: Tier, name: string) =>
  at(order, tier, (client) =>
    client.query(
      `WITH born AS (INSERT INTO patient (tenant_id, id, name, species, keeper_name)
         VALUES ($1, $2, $3, 'perro', 'Ana') RETURNING *)
       INSERT INTO appointment (tenant_id, id, patient_id, starts_at, reason)
       SELECT tenant_id, id, id, now(), 'vacuna' FROM born`,
      [order.instanceId, v7(), name],
    ),
  );

const patientsAt = (order: { instanceId: string }, tier: Tier): Promise<readonly string[]> =>
  at(order, tier, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT p.name FROM patient p JOIN appointment a ON (a.tenant_id, a.patient_id) = (p.tenant_id, p.id)
       WHERE p.tenant_id = $1 ORDER BY 1`,
      [order.instanceId],
    );
    return rows.map(({ name }) => name);
  });

const gateAt = (order: { instanceId: string }, tier: Tier) =>
  at(order, tier, async (client) => {
    const { rows } = await client.query(
      'SELECT state, home_epoch, moved_to FROM tenant_gate WHERE tenant_id = $1',
      [order.instanceId],
    );
    return rows[0];
  });

const move = (order: MoveOrder, fault = '') =>
  perform(world.engine({ fault }), 'MOVE_TIER', order, aDelivery());
const settle = (decision: 'confirm' | 'revert', order: MoveOrder, fault = '') =>
  decide(world.engine({ fault }), decision, order, aDelivery());

const named = (facts: readonly Fact[], name: string) => facts.filter((fact) => fact.name === name);

/** Los detalles que una persona lee de cada paso hecho. */
const detailsOf = (facts: readonly Fact[]): readonly string[] =>
  facts.flatMap(({ data }) => (data.step?.state === 'DONE' && data.step.detail ? [data.step.detail] : []));

describe.each(['STANDARD', 'ENTERPRISE'] as const)('Se mueve una instancia %s', (from) => {
  const to = otherTier(from);

  it('queda en la otra, esperando; confirmada, de la de antes no queda nada', async () => {
    const born = await anInstance(from);
    const order = moveOf(born);

    await move(order);

    const facts = await world.factsOf(order.operationId);
    expect(story(facts).filter((line) => !line.endsWith('RUNNING'))).toEqual([
      'prepare DONE',
      'TenantMovePrepared',
      'log DONE',
      'copy DONE',
      'catch-up DONE',
      'verify DONE',
      'switch DONE',
      'TenantHomeMoved',
      'OperationAwaitsConfirmation',
    ]);
    expect(detailsOf(facts)).toEqual([
      expect.stringMatching(/^The database \w+ is ready\.$/),
      '4 rows were copied.',
      '0 changes were caught up with.',
      '4 rows are the same in both databases.',
      expect.stringMatching(/^Writes were held for \d+ ms\.$/),
    ]);
    const [moved] = named(facts, 'TenantHomeMoved');
    expect(moved?.data).toMatchObject({ databaseTier: to, homeEpoch: 2 });
    expect(moved?.data.connectionCiphertext === null).toBe(to === 'STANDARD');
    expect(named(facts, 'TenantMovePrepared')[0]?.data.databaseId).toBe(moved?.data.databaseId);
    expect(await gateAt(order, from)).toMatchObject({ state: 'MOVED', moved_to: moved?.data.databaseId });
    expect(await patientsAt(order, to)).toEqual(['Luna']);
    await addPatient(order, to, 'Sol');
    await expect(addPatient(order, from, 'nadie')).rejects.toMatchObject({ code: 'FT001' });

    await settle('confirm', order);

    expect(story(await world.factsOf(order.operationId)).at(-1)).toBe('OperationSucceeded');
    expect(await patientsAt(order, to)).toEqual(['Luna', 'Sol']);
    expect(await gateAt(order, to)).toMatchObject({ state: 'OPEN', home_epoch: 2 });
    const own = to === 'ENTERPRISE' ? 1 : 0;
    expect(await world.traces(order.instanceId)).toEqual({
      ...nothing,
      databases: own,
      roles: own,
      owners: 1 - own,
      gates: 1,
      settings: 2 * (1 - own),
      reserved: 1,
      published: 1,
    });
  });

  it('se vuelve atrás con lo escrito entretanto, y la preparada desaparece', async () => {
    const order = moveOf(await anInstance(from));
    await move(order);
    await addPatient(order, to, 'Sol');

    await settle('revert', order);

    const facts = await world.factsOf(order.operationId);
    expect(story(facts).at(-1)).toBe('OperationCompensated');
    expect(named(facts, 'TenantHomeMoved').map(({ data }) => data)).toMatchObject([
      { databaseTier: to, homeEpoch: 2 },
      { databaseTier: from, homeEpoch: 3 },
    ]);
    expect(await patientsAt(order, from)).toEqual(['Luna', 'Sol']);
    expect(await gateAt(order, from)).toEqual({ state: 'OPEN', home_epoch: 3, moved_to: null });
    const own = from === 'ENTERPRISE' ? 1 : 0;
    expect(await world.traces(order.instanceId)).toMatchObject({
      databases: own,
      roles: own,
      gates: 1 - own,
      owners: 1 - own,
      reserved: 1,
    });
    await addPatient(order, from, 'Rex');
    await move({ ...order, operationId: v7() });
    expect(await patientsAt(order, to)).toEqual(['Luna', 'Rex', 'Sol']);
  });

  it.each(['prepare', 'switch'])(
    'lo que no se puede hacer en %s se deshace, y la instancia sigue donde estaba',
    async (step) => {
      const order = moveOf(await anInstance(from));

      await expect(move(order, `${step}:permanent`)).rejects.toMatchObject({ code: 'FAULT_INJECTED' });

      const facts = await world.factsOf(order.operationId);
      expect(story(facts).at(-1)).toBe('OperationCompensated');
      expect(named(facts, 'TenantHomeMoved')).toEqual([]);
      expect(await patientsAt(order, from)).toEqual(['Luna']);
      expect(await gateAt(order, from)).toEqual({ state: 'OPEN', home_epoch: 1, moved_to: null });
      expect(await world.traces(order.instanceId)).toMatchObject({ reserved: 1 });
    },
  );

  it('un paso que falla se repite, sin perder lo escrito entretanto', async () => {
    const order = moveOf(await anInstance(from));
    const failing = ['copy', 'catch-up', 'verify', 'switch'];
    const fault = failing.map((step) => `${step}:1`).join();
    for (const step of failing) {
      await expect(move(order, fault)).rejects.toMatchObject({ name: 'RetryLater' });
      await addPatient(order, from, step);
    }

    await move(order, fault);

    expect(await patientsAt(order, to)).toEqual(['Luna', ...failing].toSorted());
  });
});

describe('Mientras un inquilino de la compartida se mueve', () => {
  it('no se migra la base compartida, tampoco mientras espera; vuelto atrás, ya no es por él', async () => {
    const order = moveOf(await anInstance('STANDARD'));
    await move(order);
    const { all } = world.migrations;
    const later = { ...world.migrations, all: { ...all, names: [...all.names, 'otra'] } };
    const refusal = () =>
      createSharedTenants({ url: world.tenantsUrl, migrations: later, log: world.log })
        .prepare()
        .then(
          () => '',
          (error: unknown) => String(error),
        );

    expect(await refusal()).toContain(order.instanceId);
    await settle('revert', order);

    expect(await refusal()).not.toContain(order.instanceId);
  });

  it('lo de quien está atrasado no se mueve', async () => {
    const order = moveOf(await anInstance('ENTERPRISE'));
    await at(order, 'ENTERPRISE', (client) =>
      client.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%farutech_vet%'`),
    );

    await expect(move(order)).rejects.toMatchObject({ code: 'SCHEMA_BEHIND' });

    expect(await patientsAt(order, 'ENTERPRISE')).toEqual(['Luna']);
  });
});
