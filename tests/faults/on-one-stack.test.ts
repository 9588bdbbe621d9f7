import { afterAll, beforeAll, describe } from 'vitest';
import { type FaultWorld, openFaultWorld } from '../support/fault-world.ts';
import { liveRaces } from './on-one-stack/live-races.ts';
import { natsIsDown } from './on-one-stack/nats-is-down.ts';
import { postgresRestarts } from './on-one-stack/postgres-restarts.ts';
import { projectionsRebuild } from './on-one-stack/projections-rebuild.ts';
import { theStoreIsWiped } from './on-one-stack/the-store-is-wiped.ts';
import { theWorkerDiesAtEachStep } from './on-one-stack/the-worker-dies-at-each-step.ts';
import { twoHundredDatabases } from './on-one-stack/two-hundred-databases.ts';

/**
 * Averías de una pila entera, una tras otra sobre la misma: levantarla cuesta más que casi todas ellas, y cada una
 * encuentra lo que dejaron las anteriores, como en la calle. Tras cada una el oráculo lo mira todo.
 */
let open: FaultWorld | undefined;
beforeAll(async () => {
  open = await openFaultWorld();
}, 180_000);
afterAll(() => open?.close(), 60_000);

const world = (): FaultWorld => {
  if (open === undefined) throw new Error('la pila no está en pie');
  return open;
};

describe('kill -9 al trabajador en cada paso', () => theWorkerDiesAtEachStep(world));
describe('NATS parado', () => natsIsDown(world));
describe('el almacén de NATS perdido', () => theStoreIsWiped(world));
describe('las proyecciones perdidas', () => projectionsRebuild(world));
describe('PostgreSQL cae de golpe', () => postgresRestarts(world));
describe('suscriptores que se cortan y vuelven', () => liveRaces(world));
describe('migrar las bases de los inquilinos', () => twoHundredDatabases(world));
