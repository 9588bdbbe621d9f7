import { prepareDatabases } from '@farutech/local/databases';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

const owners = ['catalog', 'tenancy', 'subscription', 'identity', 'workers'] as const;
/** Quienes hacen algo por reloj. */
const scheduling = ['catalog', 'tenancy', 'subscription', 'workers'] as const;
const tables = ['outbox', 'processed_message', 'audit_entry', 'idempotency_key'];

/** Todo lo que decide cómo se comporta una tabla, en texto que se puede comparar. */
const shape = `
  SELECT format('%s.%s %s%s default %s', table_name, column_name, udt_name,
      CASE is_nullable WHEN 'YES' THEN '?' ELSE '' END, coalesce(column_default, '-')) AS line
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY($1)
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)
  UNION ALL SELECT format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid::regclass::text = ANY($1) AND contype <> 'n'
  UNION ALL SELECT pg_get_triggerdef(t.oid) || ' ' || p.prosrc
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid::regclass::text = ANY($1) AND NOT t.tgisinternal
  ORDER BY 1`;

let server: TestPostgres;
const shapes = new Map<string, readonly string[]>();
const schedules = new Map<string, readonly string[]>();

beforeAll(async () => {
  server = await startTestPostgres();
  const { urls } = await prepareDatabases(server.adminUrl);
  for (const owner of owners) {
    const client = new pg.Client({ connectionString: urls[owner] });
    await client.connect();
    const { rows } = await client.query<{ line: string }>(shape, [tables]);
    shapes.set(
      owner,
      rows.map(({ line }) => line),
    );
    const schedule = await client.query<{ line: string }>(shape, [['schedule']]);
    schedules.set(
      owner,
      schedule.rows.map(({ line }) => line),
    );
    await client.end();
  }
});
afterAll(() => server.close());

it.each(owners.slice(1))(
  'el buzón, lo procesado, la auditoría y las claves de %s tienen la forma de catalog',
  (owner) => {
    expect(shapes.get(owner)).toEqual(shapes.get('catalog'));
  },
);

it('las cuatro tablas están, con su clave, y el buzón avisa de lo nuevo', () => {
  const lines = shapes.get('catalog') ?? [];

  for (const table of tables) {
    expect(lines.filter((line) => line.startsWith(`${table}: PRIMARY KEY`))).toHaveLength(1);
  }
  expect(lines.filter((line) => /TRIGGER .* ON public\.outbox .*pg_notify/s.test(line))).toHaveLength(1);
  expect(lines.filter((line) => /ON public\.outbox .*WHERE \(sent_at IS NULL\)/.test(line))).toHaveLength(1);
});

it.each(scheduling.slice(1))('lo que %s hace por reloj tiene la forma de catalog', (owner) => {
  expect(schedules.get('catalog')?.length).toBeGreaterThan(10);
  expect(schedules.get(owner)).toEqual(schedules.get('catalog'));
});
