import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type FaultWorld, faultSettings, type InFaultWorld } from '../../support/fault-world.ts';
import { freshCode, provision, statusOf } from '../../support/instances.ts';
import { expectOracleClean } from '../../support/oracle.ts';
import { proving, recordProof } from '../../support/proof.ts';

const { sweepAfterMs, sweepEveryMs } = faultSettings;
/** El plazo del barrendero más 30 s. */
const limitMs = sweepAfterMs + sweepEveryMs + 30_000;
const each = proving ? 30 : 4;

/** Todo lo escrito está ya en JetStream: perder el almacén es perderlo. */
const sent = (open: FaultWorld, database: string): Promise<void> =>
  eventually(async () =>
    expect(await open.ask(database, 'SELECT id FROM outbox WHERE sent_at IS NULL')).toEqual([]),
  );

const pause = ({ stack }: FaultWorld, name: string): void => void process.kill(stack.pidOf(name), 'SIGSTOP');
const resume = ({ stack }: FaultWorld, name: string): void => void process.kill(stack.pidOf(name), 'SIGCONT');

async function wipe({ nats }: FaultWorld): Promise<void> {
  await nats.kill();
  await nats.wipe();
  await nats.start();
}

const sell = ({ operator, customerId }: FaultWorld) =>
  Promise.all(
    Array.from({ length: each }, (_, n) =>
      provision(operator, {
        customerId,
        instanceCode: freshCode('perdida'),
        databaseTier: n % 4 === 3 ? 'ENTERPRISE' : 'STANDARD',
      }),
    ),
  );

/** Cuánto tardan todas en llegar a ACTIVE. */
async function untilActive(
  { operator }: FaultWorld,
  sold: readonly { readonly id: string }[],
): Promise<string> {
  const since = performance.now();
  await eventually(
    async () => {
      const statuses = await Promise.all(sold.map(({ id }) => statusOf(operator, id)));
      expect(statuses).toEqual(sold.map(() => 'ACTIVE'));
    },
    { withinMs: limitMs, everyMs: 200 },
  );
  return ((performance.now() - since) / 1_000).toFixed(1);
}

export function theStoreIsWiped(world: InFaultWorld): void {
  const figures: Record<string, string | number> = { 'sweeper waits (s)': sweepAfterMs / 1_000 };

  it('perdida la orden antes de que nadie la oiga, se da otra vez y la instancia llega a ACTIVE', async () => {
    const open = world();
    pause(open, 'worker-provisioning');
    const sold = await sell(open);
    await sent(open, 'tenancy');
    await wipe(open);
    resume(open, 'worker-provisioning');

    figures['order lost: ACTIVE after (s)'] = await untilActive(open, sold);

    const rings = await open.ask<{ n: number }>(
      'tenancy',
      `SELECT count(*)::int AS n FROM outbox WHERE name = 'ProvisionTenantInstance' AND message_id LIKE '%:r0.%'`,
    );
    expect(rings[0]?.n, 'sin llamar otra vez no habrían llegado').toBeGreaterThanOrEqual(each);
  }, 120_000);

  it('perdidos los hechos, y la respuesta de subscription, el trabajador los cuenta otra vez', async () => {
    const open = world();
    pause(open, 'worker-provisioning');
    const sold = await sell(open);
    await sent(open, 'tenancy');
    pause(open, 'tenancy');
    resume(open, 'worker-provisioning');
    const ids = sold.map(({ id }) => `'${id}'`).join(', ');
    await eventually(
      async () =>
        expect(
          await open.ask(
            'workers',
            `SELECT state FROM job WHERE instance_id IN (${ids}) AND state = 'SUCCEEDED'`,
          ),
        ).toHaveLength(each),
      { withinMs: 60_000 },
    );
    await eventually(
      async () =>
        expect(
          await open.ask(
            'subscription',
            `SELECT id FROM plan_subscription WHERE status = 'ACTIVE' AND tenant_instance_id IN (${ids})`,
          ),
        ).toHaveLength(each),
      { withinMs: 30_000 },
    );
    await Promise.all([sent(open, 'workers'), sent(open, 'subscription')]);
    await wipe(open);
    resume(open, 'tenancy');

    figures['facts lost: ACTIVE after (s)'] = await untilActive(open, sold);
  }, 180_000);

  it('perdida la confirmación de un traslado, se da otra vez y el traslado acaba', async () => {
    const open = world();
    const { operator, customerId } = open;
    const moving = await provision(operator, { customerId, instanceCode: freshCode('traslado') });
    await untilActive(open, [moving]);
    const { moveTenantTier } = await operator.get<{ moveTenantTier: { id: string } }>(
      'mutation ($id: ID!) { moveTenantTier(id: $id, to: ENTERPRISE) { id } }',
      { id: moving.id },
    );
    const state = async (): Promise<string> =>
      (
        await operator.get<{ operation: { state: string } }>(
          'query ($id: ID!) { operation(id: $id) { state } }',
          {
            id: moveTenantTier.id,
          },
        )
      ).operation.state;
    await eventually(async () => expect(await state()).toBe('AWAITING_CONFIRMATION'), { withinMs: 60_000 });
    pause(open, 'worker-provisioning');
    await operator.get('mutation ($id: ID!) { confirmTenantMove(operationId: $id) { id } }', {
      id: moveTenantTier.id,
    });
    await sent(open, 'tenancy');
    await wipe(open);
    resume(open, 'worker-provisioning');
    const since = performance.now();

    await eventually(async () => expect(await state()).toBe('SUCCEEDED'), {
      withinMs: limitMs,
      everyMs: 200,
    });

    figures['confirmation lost: SUCCEEDED after (s)'] = ((performance.now() - since) / 1_000).toFixed(1);
    expect(await open.ask('tenancy', 'SELECT id FROM dead_letter')).toEqual([]);
    await expectOracleClean(open.stack, { withinSeconds: 30 });
    await recordProof('the-store-is-wiped', { 'instances each time': each, ...figures });
  }, 180_000);
}
