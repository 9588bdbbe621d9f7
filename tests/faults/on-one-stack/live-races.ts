import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { FaultWorld, InFaultWorld } from '../../support/fault-world.ts';
import { freshCode, provision } from '../../support/instances.ts';
import type { LiveSession } from '../../support/live-session.ts';
import { expectOracleClean } from '../../support/oracle.ts';
import { proving, recordProof } from '../../support/proof.ts';
import { seeded } from '../../support/random.ts';

interface Frame {
  readonly cursor: string;
  readonly status: string;
}
const watch = `subscription($id: ID!, $after: String) {
  provisioningStatus(instanceId: $id, after: $after) { cursor status instance { subscription { status } } }
}`;

const rounds = proving ? 200 : 18;
const atOnce = 6;
const random = seeded(20_261_124);

/** Lo que vio un suscriptor que se corta al azar y vuelve con su último cursor, hasta ver ACTIVE. */
async function watchWithCuts({ operator }: FaultWorld, id: string): Promise<readonly string[]> {
  const seen: string[] = [];
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const session: LiveSession<Frame> = operator.live(watch, { id, after: seen.at(-1) ?? null });
    const done = session
      .until((frame) => frame.status === 'ACTIVE', 60_000)
      .then(
        () => 'active' as const,
        () => 'over' as const,
      );
    const cut = wait(20 + random() * 250).then(() => 'cut' as const);
    const how = await Promise.race([done, cut]);
    session.cut();
    const end = await session.ended;
    if (end.kind === 'refused' && end.error.extensions.code !== 'UNAVAILABLE') {
      throw new Error(`rechazado: ${JSON.stringify(end.error)}`);
    }
    seen.push(...session.frames.map(({ cursor }) => cursor));
    if (how === 'active' || session.frames.some(({ status }) => status === 'ACTIVE')) return seen;
  }
  throw new Error(`${id} no llegó a ACTIVE`);
}

async function feedOf({ ask }: FaultWorld, id: string): Promise<number> {
  const [row] = await ask<{ last: number }>(
    'tenancy',
    'SELECT max(version) AS last FROM feed WHERE instance_id = $1',
    [id],
  );
  return row?.last ?? 0;
}

/** Mientras el subgrafo vuelve la API dice UNAVAILABLE; con la misma clave, repetir no crea otra. */
async function provisionThroughRestarts({ operator, customerId }: FaultWorld): Promise<string> {
  const input = { customerId, instanceCode: freshCode('race'), idempotencyKey: freshCode('k') };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return (await provision(operator, input)).id;
    } catch (error) {
      if (attempt > 100) throw error;
      await wait(100);
    }
  }
}

const versionOf = (cursor: string): number =>
  Number(/(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? Number.NaN);

export function liveRaces(world: InFaultWorld): void {
  it(`${rounds} vueltas de suscribirse, pedir, cortar y volver, con el subgrafo matado dos veces: nada falta ni se repite`, async () => {
    const open = world();
    const bad = { missed: 0, doubled: 0 };
    let next = 0;
    const runner = async (): Promise<void> => {
      for (let round = next++; round < rounds; round = next++) {
        if (round === Math.floor(rounds / 3) || round === Math.floor((2 * rounds) / 3))
          open.stack.kill('tenancy');
        const id = await provisionThroughRestarts(open);
        const seen = await watchWithCuts(open, id);
        const last = await feedOf(open, id);
        bad.doubled += seen.length - new Set(seen).size;
        // El primer marco es el presente: desde su versión hasta la última no puede faltar ninguna.
        const firstVersion = versionOf(seen[0] ?? '');
        bad.missed += last - firstVersion + 1 - new Set(seen).size;
        expect(seen.map(versionOf)).toEqual(seen.map(versionOf).toSorted((a, b) => a - b));
      }
    };

    await Promise.all(Array.from({ length: atOnce }, runner));

    await recordProof('live-races', { rounds, tenancyKills: 2, ...bad });
    expect(bad).toEqual({ missed: 0, doubled: 0 });
    await expectOracleClean(open.stack);
  }, 300_000);
}
