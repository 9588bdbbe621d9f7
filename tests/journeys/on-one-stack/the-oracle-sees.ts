import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { eventually } from '../../support/eventually.ts';
import { freshCode, grupoExito, provision, statusOf } from '../../support/instances.ts';
import { askOracle, expectOracleClean } from '../../support/oracle.ts';
import { sharedStack } from '../../support/shared-stack.ts';

type Name = 'catalog' | 'tenancy' | 'workers' | 'tenants' | 'server';

/** El del repetidor del buzón: quien lo tiene impide que otro mande. */
const relayLock = 4_207_001;

let operator: Api;
let instanceId: string;
let closedId: string;
const open = new Map<Name, pg.Client>();

async function run(name: Name, sql: string, params: readonly unknown[] = []): Promise<void> {
  const { rowCount } = (await open.get(name)?.query(sql, [...params])) ?? { rowCount: 0 };
  // Una falta que no toca ninguna fila no prueba nada.
  if (rowCount === 0) throw new Error(`no cambió nada: ${sql}`);
}

async function born(customerId: string): Promise<string> {
  const { id } = await provision(operator, { customerId, instanceCode: freshCode('oraculo') });
  await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'));
  return id;
}

beforeAll(async () => {
  const { databases, databaseUrl } = sharedStack().file();
  for (const name of ['catalog', 'tenancy', 'workers', 'tenants', 'server'] as const) {
    const client = new pg.Client({ connectionString: name === 'server' ? databaseUrl : databases[name] });
    await client.connect();
    open.set(name, client);
  }
  operator = await sharedStack().as('operator@farutech.test');
  const customerId = await grupoExito(operator);
  [instanceId, closedId] = await Promise.all([born(customerId), born(customerId)]);
}, 60_000);
afterAll(() => Promise.all([...open.values()].map((client) => client.end())));

interface Breakage {
  readonly law: string;
  readonly how: string;
  breakIt(): Promise<void>;
  mendIt(): Promise<void>;
  /** Cómo lo dice. */
  readonly says: RegExp;
}

const stray = `t_${'0'.repeat(31)}1`;
const letterId = '00000000-0000-4000-8000-000000000001';
const ofThis = 'WHERE tenant_instance_id = $1';

const breakages: readonly Breakage[] = [
  {
    law: 'accepted operations without an end',
    how: 'una operación que nadie acaba',
    breakIt: () => run('tenancy', `UPDATE operation SET state = 'RUNNING' ${ofThis}`, [instanceId]),
    mendIt: () => run('tenancy', `UPDATE operation SET state = 'SUCCEEDED' ${ofThis}`, [instanceId]),
    says: /^PROVISION .* is RUNNING since/,
  },
  {
    law: 'instances without exactly one home',
    how: 'una instancia en pie que no vive en ninguna parte',
    breakIt: () =>
      run('tenancy', `UPDATE tenant_home SET database_id = $2 WHERE tenant_id = $1`, [instanceId, stray]),
    mendIt: () =>
      run('tenancy', `UPDATE tenant_home SET database_id = 'shared' WHERE tenant_id = $1`, [instanceId]),
    says: /is sent to t_0+1 and can be written in shared$/,
  },
  {
    law: 'instances without exactly one home',
    how: 'una puerta cerrada',
    breakIt: () => run('tenants', `UPDATE tenant_gate SET state = 'MOVED' WHERE tenant_id = $1`, [closedId]),
    mendIt: () => run('tenants', `UPDATE tenant_gate SET state = 'OPEN' WHERE tenant_id = $1`, [closedId]),
    says: /is ACTIVE and can be written in no database$/,
  },
  {
    law: 'orphans',
    how: 'un rol que nadie reservó',
    breakIt: async () => void (await open.get('server')?.query(`CREATE ROLE ${stray}`)),
    mendIt: async () => void (await open.get('server')?.query(`DROP ROLE ${stray}`)),
    says: /^role t_0+1 is reserved by nobody$/,
  },
  {
    law: 'orphans',
    how: 'filas de quien ya no tiene nada reservado',
    breakIt: () =>
      run('workers', `UPDATE tenant_database SET released_at = now() WHERE instance_id = $1`, [instanceId]),
    mendIt: () =>
      run('workers', `UPDATE tenant_database SET released_at = NULL WHERE instance_id = $1`, [instanceId]),
    says: /^tenant_setting of shared has rows of .*, not reserved there$/,
  },
  {
    law: 'activations other than one',
    how: 'una instancia en pie que nunca se dijo ACTIVE',
    breakIt: () =>
      run(
        'tenancy',
        `UPDATE feed SET status_changed = false WHERE instance_id = $1 AND version > 1 AND status_changed`,
        [instanceId],
      ),
    mendIt: () =>
      run(
        'tenancy',
        `UPDATE feed SET status_changed = true WHERE instance_id = $1
         AND version = (SELECT min(version) FROM feed WHERE instance_id = $1 AND status = 'ACTIVE')`,
        [instanceId],
      ),
    says: /is ACTIVE and became ACTIVE 0 times$/,
  },
  {
    law: 'unsent outbox rows',
    how: 'un hecho que no sale del buzón',
    async breakIt() {
      await eventually(async () => {
        const { rows } = (await open
          .get('catalog')
          ?.query('SELECT pg_try_advisory_lock($1) AS mine', [relayLock])) ?? {
          rows: [],
        };
        expect(rows).toEqual([{ mine: true }]);
      });
      await run(
        'catalog',
        `INSERT INTO outbox (message_id, subject, aggregate_id, name, version, data, correlation_id, occurred_at)
         VALUES ('oraculo', 'farutech.event.catalog.Nada.1', '1', 'Nada', 1, '{}', gen_random_uuid(), now())`,
      );
    },
    async mendIt() {
      await run('catalog', `DELETE FROM outbox WHERE message_id = 'oraculo'`);
      await run('catalog', 'SELECT pg_advisory_unlock($1)', [relayLock]);
    },
    says: /^catalog has 1$/,
  },
  {
    law: 'status transitions without an audit row',
    how: 'un cambio de estado del que no hay constancia',
    breakIt: () =>
      run('tenancy', `UPDATE feed SET at = at - interval '1 hour' WHERE instance_id = $1 AND version = 1`, [
        instanceId,
      ]),
    mendIt: () =>
      run('tenancy', `UPDATE feed SET at = at + interval '1 hour' WHERE instance_id = $1 AND version = 1`, [
        instanceId,
      ]),
    says: /became PROVISIONING \(version 1\) and no line says so$/,
  },
  {
    law: 'open dead letters',
    how: 'una carta muerta que nadie ha mirado',
    breakIt: () =>
      run(
        'tenancy',
        `INSERT INTO dead_letter (id, message_id, worker, stream, subject, aggregate_id, correlation_id, attempts, code, reason, payload, received_at)
         VALUES ($1, 'oraculo', 'provisioning', 'CMD', 'x', 'x', gen_random_uuid(), 5, 'ORACULO', 'x', '{}', now())`,
        [letterId],
      ),
    mendIt: () => run('tenancy', 'DELETE FROM dead_letter WHERE id = $1', [letterId]),
    says: /^00000000-.* of provisioning: ORACULO$/,
  },
];

describe('./farutech oracle', () => {
  it('ve cada ley rota, y ninguna falta más', async () => {
    const broken: Breakage[] = [];
    try {
      for (const one of breakages) {
        await one.breakIt();
        broken.push(one);
      }
      const { code, laws } = await askOracle(sharedStack(), ['--quiet-for', '0', '--strict']);

      expect(code).toBe(1);
      for (const { law, how, says } of breakages) {
        const sentences = laws.find((one) => one.law === law)?.sentences ?? [];
        expect(sentences, how).toContainEqual(expect.stringMatching(says));
      }
    } finally {
      for (const one of broken) await one.mendIt();
    }
  });

  it('ve lo que un consumidor parado aún no ha atendido, y cuando sigue ya no queda nada', async () => {
    const stack = sharedStack();
    const worker = stack.pidOf('worker-provisioning');
    const customerId = await grupoExito(operator);
    process.kill(worker, 'SIGSTOP');
    try {
      const { id } = await provision(operator, { customerId, instanceCode: freshCode('parado') });
      await eventually(async () => {
        const { code, laws } = await askOracle(stack, ['--quiet-for', '0']);
        expect(code).toBe(1);
        expect(laws.find(({ law }) => law === 'consumers with something pending')?.sentences).toContainEqual(
          expect.stringMatching(/^provisioning has /),
        );
      });
      process.kill(worker, 'SIGCONT');
      await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    await expectOracleClean(stack);
  });
});
