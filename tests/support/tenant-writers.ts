import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TenantTransaction } from '@farutech/tenant-db/tenant-client';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import type pg from 'pg';
import { seeded } from './random.ts';

const writers = 20;

interface Write {
  /** performance.now() al empezar. */
  readonly from: number;
  readonly ms: number;
}

interface Ledger {
  readonly lost: number;
  readonly doubled: number;
}

export interface TenantWriters {
  /** Las hechas hasta ahora, en el orden en que acabaron. */
  readonly writes: readonly Write[];
  /** Las que dijeron que no. */
  readonly refused: readonly unknown[];
  stop(): Promise<void>;
  /** Lo que se dijo hecho contra lo que hay en esa base. */
  compare(client: pg.ClientBase): Promise<Ledger>;
}

/**
 * Veinte que escriben a la vez, `rate` por segundo entre todos, una de cada cinco en REPEATABLE READ. Cada uno tiene
 * sus filas, así que se sabe cuánto ha de valer cada una: un cambio suma uno, y se anota cuando se dice hecho.
 */
export function startTenantWriters(parts: {
  readonly tenants: TenantDatabases;
  readonly tenantId: string;
  readonly rate: number;
  readonly seed: number;
}): TenantWriters {
  const { tenants, tenantId, rate } = parts;
  const random = seeded(parts.seed);
  const upTo = (n: number): number => Math.floor(random() * n);
  const users = new Map<string, number>();
  const settings = new Map<string, number>();
  const writes: Write[] = [];
  const refused: unknown[] = [];
  let stopping = false;

  const write = (work: (tx: TenantTransaction) => Promise<unknown>): Promise<unknown> =>
    tenants.withTenant(tenantId, (tx) => work(tx), {
      isolation: upTo(5) === 0 ? 'REPEATABLE READ' : 'READ COMMITTED',
    });
  async function one(count: Promise<number>): Promise<void> {
    if ((await count) !== 1) throw new TypeError('una fila propia ya no está');
  }
  const bump = (tx: TenantTransaction, id: string) =>
    one(
      tx.$executeRaw`UPDATE tenant_user SET display_name = (display_name::int + 1)::text WHERE id = ${id}::uuid`,
    );
  const rename = (tx: TenantTransaction, id: string, email: string) =>
    one(tx.$executeRaw`UPDATE tenant_user SET email = ${email} WHERE id = ${id}::uuid`);
  const add = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);

  async function addUser(mine: string[]): Promise<void> {
    const id = randomUUID();
    await write((tx) =>
      one(tx.$executeRaw`INSERT INTO tenant_user (tenant_id, id, email, display_name, role, created_at)
        VALUES (${tenantId}::uuid, ${id}::uuid, ${`${id}@w`}, '1', 'VET', now())`),
    );
    users.set(id, 1);
    mine.push(id);
  }

  async function bumpUser(id: string): Promise<void> {
    await write((tx) => bump(tx, id));
    add(users, id);
  }

  async function bumpSetting(key: string): Promise<void> {
    await write((tx) =>
      one(tx.$executeRaw`INSERT INTO tenant_setting (tenant_id, key, value, updated_at)
        VALUES (${tenantId}::uuid, ${key}, '1', now()) ON CONFLICT (tenant_id, key)
        DO UPDATE SET value = to_jsonb((tenant_setting.value #>> '{}')::int + 1)`),
    );
    add(settings, key);
  }

  /** Un valor único pasa de una fila a otra: el orden en que se copien no puede importar. */
  async function swap(first: string, second: string): Promise<void> {
    await write(async (tx) => {
      await rename(tx, first, `${randomUUID()}@tmp`);
      await rename(tx, second, `${first}@w`);
      await rename(tx, first, `${second}@w`);
      await rename(tx, second, `${second}@tmp`);
      await rename(tx, first, `${first}@w`);
      await rename(tx, second, `${second}@w`);
      await bump(tx, first);
      await bump(tx, second);
    });
    add(users, first);
    add(users, second);
  }

  async function removeUser(id: string, mine: string[]): Promise<void> {
    await write((tx) => one(tx.$executeRaw`DELETE FROM tenant_user WHERE id = ${id}::uuid`));
    users.delete(id);
    mine.splice(mine.indexOf(id), 1);
  }

  async function act(writer: number, mine: string[]): Promise<void> {
    const kind = upTo(10);
    const [first, second] = [mine[upTo(mine.length)], mine[0]];
    if (kind < 4 || mine.length < 3 || first === undefined || second === undefined)
      return await addUser(mine);
    if (kind < 6) return await bumpUser(first);
    if (kind < 8) return await bumpSetting(`w${writer}-${upTo(30)}`);
    if (kind < 9 && first !== second) return await swap(first, second);
    return await removeUser(first, mine);
  }

  async function keepWriting(writer: number): Promise<void> {
    const mine: string[] = [];
    while (!stopping) {
      const from = performance.now();
      try {
        await act(writer, mine);
        writes.push({ from, ms: performance.now() - from });
      } catch (error) {
        refused.push(error);
      }
      await wait(Math.max(0, from + (writers * 1_000) / rate - performance.now()));
    }
  }
  const running = Array.from({ length: writers }, (_, writer) => keepWriting(writer));

  return {
    writes,
    refused,
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
    async compare(client) {
      const { rows } = await client.query<{ key: string; count: number }>(
        `SELECT id::text AS key, display_name::int AS count FROM tenant_user WHERE tenant_id = $1 AND role = 'VET'
         UNION ALL
         SELECT key, (value #>> '{}')::int FROM tenant_setting WHERE tenant_id = $1 AND key LIKE 'w%-%'`,
        [tenantId],
      );
      const there = new Map(rows.map(({ key, count }) => [key, count]));
      let [lost, doubled] = [0, 0];
      for (const [key, expected] of [...users, ...settings]) {
        const count = there.get(key) ?? 0;
        lost += Math.max(0, expected - count);
        doubled += Math.max(0, count - expected);
        there.delete(key);
      }
      // Las que nadie dijo haber escrito, o se dijeron borradas.
      return { lost, doubled: doubled + there.size };
    },
  };
}
