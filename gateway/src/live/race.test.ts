import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { proving } from '../../../tests/support/proof.ts';
import { seeded } from '../../../tests/support/random.ts';
import { statusOf } from '../testing/reader.ts';
import { openWorld, type World } from '../testing/world.ts';

const query = `subscription ($id: ID!, $after: String) {
  provisioningStatus(instanceId: $id, after: $after) { cursor version instance { id planName } }
}`;
/** `make test` corre una muestra. */
const rounds = proving ? 200 : 48;
const seed = 20_260_101;

/** La misma carrera en cada ejecución: un entero por debajo del que se da. */
function random(from: number): (below: number) => number {
  const next = seeded(from);
  return (below) => Math.floor(next() * below);
}

let world: World;
beforeEach(() => {
  world = openWorld({ lingerMs: 30 });
});
afterEach(() => world.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Faults {
  missed: number;
  doubled: number;
  old: number;
  wrong: number;
  refused: number;
}

/** Un cliente que se corta y vuelve con su último cursor hasta haber visto la versión que espera. */
async function client(
  id: string,
  dice: (below: number) => number,
  faults: Faults,
  target: () => number,
): Promise<void> {
  let last: number | null = dice(3) === 0 ? Math.max(1, world.feed.version(id) - dice(90)) : null;
  while (last === null || last < target()) {
    const floor = world.feed.version(id);
    const after = last === null ? null : world.feed.cursor(last);
    const reads = 1 + dice(40);
    const iterator = world.gateway.subscribe({ query, variables: { id, after }, scope: `${dice(2)}` });
    for (let n = 0; n < reads && (last === null || last < target()); n++) {
      const { value, done } = await iterator.next();
      if (done || value.errors) {
        faults.refused++;
        break;
      }
      const { version, instance } = statusOf(value);
      if (instance?.planName !== `plan-${id}`) faults.wrong++;
      if (last === null) faults.old += version < floor ? 1 : 0;
      else if (version <= last) faults.doubled++;
      else faults.missed += version - last - 1;
      last = version;
      if (dice(10) === 0) await pause(dice(8));
    }
    await iterator.return?.();
    if (dice(2) === 0) await pause(dice(40));
  }
}

it(`en ${rounds} carreras de suscribir, cambiar, cortar, reanudar y matar al subgrafo: nada perdido, doblado ni viejo`, async () => {
  const dice = random(seed);
  const ids = ['norte', 'sur', 'este', 'oeste'];
  for (const id of ids) world.feed.append(id, 5);
  const faults: Faults = { missed: 0, doubled: 0, old: 0, wrong: 0, refused: 0 };
  let kills = 0;
  let over = false;
  const chaos = (async () => {
    while (!over) {
      await pause(60 + dice(60));
      world.tenancy.kill();
      kills++;
      await pause(dice(30));
      world.tenancy.revive();
    }
  })();

  const queue = Array.from({ length: rounds }, (_, n) => n);
  const worker = async (): Promise<void> => {
    for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
      const id = ids[n % ids.length] ?? 'norte';
      const target = world.feed.version(id) + 1 + dice(80);
      const reading = client(id, random(seed + n), faults, () => target);
      while (world.feed.version(id) < target) {
        world.feed.append(id, 1 + dice(12));
        await pause(dice(4));
      }
      await reading;
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  over = true;
  await chaos;

  expect(faults).toEqual({ missed: 0, doubled: 0, old: 0, wrong: 0, refused: 0 });
  expect(kills).toBeGreaterThan(2);
  expect(world.gateway.figures.members).toBe(0);
  await eventually(() => expect(world.gateway.figures.groups).toBe(0));
  await eventually(() => expect(world.feed.live).toBe(0));
  expect(world.gateway.figures.upstreams).toBe(0);
}, 240_000);
