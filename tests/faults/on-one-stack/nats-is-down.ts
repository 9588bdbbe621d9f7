import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import type { FaultWorld, InFaultWorld } from '../../support/fault-world.ts';
import { freshCode, type Provisioned, provision } from '../../support/instances.ts';
import { expectOracleClean } from '../../support/oracle.ts';
import { proving, recordProof } from '../../support/proof.ts';

const scale = proving
  ? { standard: 290, enterprise: 10, downMs: 60_000 }
  : { standard: 19, enterprise: 1, downMs: 5_000 };
const atOnce = 4;
const outboxLimitMs = 10_000;
const endLimitMs = 120_000;
/** Los que encargan algo al aceptar una petición. */
const owners = ['catalog', 'tenancy', 'subscription'] as const;

/** De lo escrito hasta ese momento, lo que aún no ha llegado a JetStream. */
async function unsentBefore({ ask }: FaultWorld, instant: Date): Promise<number> {
  const counts = await Promise.all(
    owners.map((owner) =>
      ask<{ n: number }>(
        owner,
        'SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL AND occurred_at <= $1',
        [instant],
      ),
    ),
  );
  return counts.reduce((sum, [row]) => sum + (row?.n ?? 0), 0);
}

const statuses = async (
  { ask }: FaultWorld,
  made: readonly Provisioned[],
): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (
      await ask<{ status: string; n: number }>(
        'tenancy',
        'SELECT status::text, count(*)::int AS n FROM tenant_instance WHERE id = ANY($1) GROUP BY 1',
        [made.map(({ id }) => id)],
      )
    ).map(({ status, n }) => [status, n]),
  );

/** Repartidas por todo el tiempo que NATS está parado; cuál es Enterprise no depende del azar. */
async function orderAll(operator: Api, customerId: string): Promise<readonly Provisioned[]> {
  const total = scale.standard + scale.enterprise;
  const every = Math.floor(total / scale.enterprise);
  const from = performance.now();
  const made: Provisioned[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let n = next++; n < total; n = next++) {
        const databaseTier = n % every === every - 1 ? 'ENTERPRISE' : 'STANDARD';
        await wait(Math.max(0, (scale.downMs * n) / total - (performance.now() - from)));
        made.push(await provision(operator, { customerId, instanceCode: freshCode('nats'), databaseTier }));
      }
    }),
  );
  return made;
}

export function natsIsDown(world: InFaultWorld): void {
  it(`${scale.downMs / 1_000} s bajo ${scale.standard + scale.enterprise} altas: todas se aceptan, y al volver todas acaban`, async () => {
    const open = world();
    const { stack, nats, operator, customerId } = open;
    await nats.kill();
    const downAt = performance.now();

    const made = await orderAll(operator, customerId);
    await wait(Math.max(0, scale.downMs - (performance.now() - downAt)));
    const whileDown = await statuses(open, made);
    const waiting = await unsentBefore(open, new Date());
    await nats.start();
    const backAt = new Date();

    // La avería ha ocurrido: nada se ha movido, y cada alta espera con su orden y su hecho.
    expect(whileDown).toEqual({ PROVISIONING: made.length });
    expect(waiting).toBeGreaterThanOrEqual(2 * made.length);
    await eventually(async () => expect(await unsentBefore(open, backAt)).toBe(0), {
      withinMs: outboxLimitMs,
      everyMs: 100,
    });
    const outboxMs = Date.now() - backAt.getTime();
    await eventually(async () => expect(await statuses(open, made)).toEqual({ ACTIVE: made.length }), {
      withinMs: endLimitMs - outboxMs,
      everyMs: 200,
    });
    const endMs = Date.now() - backAt.getTime();

    await recordProof('nats-is-down', {
      'NATS down, s': scale.downMs / 1_000,
      'mutations meanwhile, Standard': scale.standard,
      'mutations meanwhile, Enterprise': scale.enterprise,
      accepted: made.length,
      'messages waiting in outboxes when it came back': waiting,
      'outboxes empty after, s (10 allowed)': (outboxMs / 1_000).toFixed(1),
      'all ACTIVE after, s (120 allowed)': (endMs / 1_000).toFixed(1),
    });
    await expectOracleClean(stack);
  }, 300_000);
}
