import { Secret } from '@farutech/kernel/secret';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { seeded } from '../../../tests/support/random.ts';
import { type ClientPool, createClientPool } from './client-pool.ts';

interface Client {
  readonly of: string;
  closed: boolean;
}

let live = 0;
let most = 0;
let made: Client[] = [];
let pool: ClientPool<Client>;
const fail = new Set<string>();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const url = (name: string): Secret => new Secret(`postgresql://${name}`);
const lease = (name: string) => pool.lease(name, url(name));

function makePool(rest: { maxClients?: number; idleMs?: number; waitMs?: number } = {}): ClientPool<Client> {
  return createClientPool<Client>({
    maxClients: 3,
    idleMs: 60_000,
    waitMs: 5_000,
    async open(of) {
      live += 1;
      most = Math.max(most, live);
      await turn();
      if (fail.has(of)) {
        live -= 1;
        throw new Error(`${of} no abre`);
      }
      const client = { of, closed: false };
      made.push(client);
      return client;
    },
    async close(client) {
      expect(client.closed).toBe(false);
      client.closed = true;
      await turn();
      live -= 1;
    },
    onError(error) {
      throw error;
    },
    ...rest,
  });
}

beforeEach(() => {
  live = 0;
  most = 0;
  made = [];
  fail.clear();
  pool = makePool();
});
afterEach(async () => {
  await pool.close();
  expect(live).toBe(0);
});

describe('los clientes de las bases de inquilinos', () => {
  it('cincuenta a la vez por la misma base abren un cliente', async () => {
    const leases = await Promise.all(Array.from({ length: 50 }, () => lease('exito')));

    expect(made).toHaveLength(1);
    for (const one of leases) one.release();
    expect(pool.figures()).toEqual({ clients: 1, waiting: 0, opened: 1 });
  });

  it('la cadena de otro dueño es otro cliente, aunque diga lo mismo', async () => {
    const mine = await pool.lease('exito', url('una'));
    const other = await pool.lease('davivienda', url('una'));

    expect(other.client).not.toBe(mine.client);
    mine.release();
    other.release();
  });

  it('lleno, se cierra el que lleva más tiempo sin pedirse', async () => {
    for (const name of ['a', 'b', 'c', 'a', 'd']) (await lease(name)).release();

    expect(made.filter(({ closed }) => closed).map(({ of }) => of)).toEqual(['b']);
  });

  it('uno en uso no se cierra: se espera a que vuelva, y quien espera pasa antes que quien lo pide otra vez', async () => {
    const [a, b, c] = await Promise.all([lease('a'), lease('b'), lease('c')]);
    const order: string[] = [];
    const waiting = lease('d').then((one) => {
      order.push('d');
      return one;
    });
    await turn();
    const again = lease('a').then((one) => {
      order.push('a otra vez');
      return one;
    });
    await turn();
    expect([a.client.closed, pool.figures().waiting]).toEqual([false, 2]);

    a.release();
    const d = await waiting;
    expect(a.client.closed).toBe(true);
    b.release();
    const second = await again;

    expect(order).toEqual(['d', 'a otra vez']);
    for (const one of [c, d, second]) one.release();
  });

  it('sin sitio a tiempo es UNAVAILABLE, y no deja rastro en la cola', async () => {
    pool = makePool({ maxClients: 1, waitMs: 30 });
    const a = await lease('a');

    await expect(lease('b')).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(pool.figures().waiting).toBe(0);
    a.release();
    (await lease('b')).release();
  });

  it('la que no abre devuelve su sitio y lo dice a todos los que la esperaban', async () => {
    pool = makePool({ maxClients: 1 });
    fail.add('rota');

    const both = await Promise.allSettled([lease('rota'), lease('rota')]);

    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    (await lease('sana')).release();
  });

  it('lo ocioso se cierra solo', async () => {
    pool = makePool({ idleMs: 20 });
    (await lease('a')).release();

    await eventually(() => expect([pool.figures().clients, made[0]?.closed]).toEqual([0, true]));
  });

  it('al cerrar, quien espera se entera y lo prestado se cierra al volver', async () => {
    pool = makePool({ maxClients: 1 });
    const a = await lease('a');
    const waiting = expect(lease('b')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await turn();
    const closing = pool.close();
    await waiting;
    expect(a.client.closed).toBe(false);

    a.release();
    await closing;

    expect(a.client.closed).toBe(true);
    await expect(lease('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('al azar: nunca hay más de los que caben, nadie usa uno cerrado y todos pasan', async () => {
    pool = makePool({ maxClients: 4 });
    const random = seeded(20_260_102);
    let served = 0;
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        for (let n = 0; n < 50; n += 1) {
          const one = await lease(`t${Math.floor(random() * 20)}`);
          for (let step = random() * 3; step > 0; step -= 1) {
            await turn();
            expect(one.client.closed).toBe(false);
          }
          one.release();
          served += 1;
        }
      }),
    );

    expect(served).toBe(2_000);
    expect(most).toBeLessThanOrEqual(4);
    expect(pool.figures()).toMatchObject({ waiting: 0 });
  });
});
