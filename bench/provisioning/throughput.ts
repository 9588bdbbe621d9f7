import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from '../../tests/support/figure-table.ts';
import { startTestNats } from '../../tests/support/nats.ts';
import { median } from '../../tests/support/quantile.ts';
import {
  openProvisioningWorld,
  type ProvisioningWorld,
} from '../../workers/src/testing/provisioning-world.ts';
import { inTurns, type Rounds, ratio, roundsOf } from '../support/in-turns.ts';
import { bareEnterprise, bareStandard } from './bare-loop.ts';
import { type RealWorker, startRealWorker } from './real-worker.ts';

/** Las operaciones a la vez de un trabajador sin ajustar. */
const lanes = 4;
const rounds = 5;
const enterprise = 40;
const standard = 120;

/** Las bases y los roles de los inquilinos, fuera: veinte mil ficheros más o menos pesan en el siguiente. */
async function dropTenants({ admin }: ProvisioningWorld): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^t_[0-9a-f]{32}$'`,
  );
  for (const { name } of rows) {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.query(`DROP ROLE ${name}`);
  }
  await admin.query('CHECKPOINT');
}

/** La que el trabajador construyó para su primera base. */
async function templateOf({ admin }: ProvisioningWorld): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database WHERE datname ~ '^tpl_[0-9a-f]{32}$'`,
  );
  const [only] = rows;
  if (only === undefined || rows.length > 1)
    throw new Error(`se esperaba una plantilla y hay ${rows.length}`);
  return only.name;
}

/** Los guiones de la base de un inquilino y de su producto, en su orden. */
function scriptsOf({ migrations }: ProvisioningWorld): readonly string[] {
  const { folders, names } = migrations.of('FARUTECH_VET');
  return names.toSorted().map((name) => {
    for (const folder of folders) {
      try {
        return readFileSync(join(folder, name, 'migration.sql'), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    throw new Error(`no está el guion de ${name}`);
  });
}

async function compare(
  world: ProvisioningWorld,
  worker: RealWorker,
  say: (line: string) => void,
): Promise<{ readonly own: Rounds; readonly shared: Rounds }> {
  // La plantilla se construye con la primera: ningún contendiente paga por ella.
  await worker.provision('ENTERPRISE', 1);
  const template = await templateOf(world);
  const scripts = scriptsOf(world);
  const clear = async (): Promise<void> => {
    await worker.settled();
    await dropTenants(world);
  };
  const bare = (birth: Parameters<typeof bareEnterprise>[3]) => () =>
    bareEnterprise(world, lanes, enterprise, birth);
  const own = await inTurns(
    [
      { name: 'worker', run: () => worker.provision('ENTERPRISE', enterprise), clear },
      { name: 'bare', run: bare({ from: 'template', template }), clear },
      { name: 'migrations', run: bare({ from: 'migrations', scripts }), clear },
    ],
    rounds,
    (line) => say(`enterprise ${line}`),
  );
  const shared = await inTurns(
    [
      { name: 'worker', run: () => worker.provision('STANDARD', standard), clear },
      { name: 'bare', run: () => bareStandard(world, lanes, standard), clear },
    ],
    rounds,
    (line) => say(`standard ${line}`),
  );
  return { own, shared };
}

/** Instancias por minuto del trabajador de verdad y de un bucle sin nada alrededor, en los dos niveles. */
export async function measureThroughput(say: (line: string) => void): Promise<Figures> {
  const nats = await startTestNats();
  try {
    const world = await openProvisioningWorld();
    try {
      const worker = await startRealWorker(world, nats, lanes);
      try {
        const { own, shared } = await compare(world, worker, say);
        const perMinute = (of: Rounds, name: string, count: number): string =>
          ((count * 60_000) / median(roundsOf(of, name))).toFixed(0);
        const told = (of: Rounds, base: string): string => {
          const { median: middle, range } = ratio(of, 'worker', base);
          return `${middle.toFixed(2)} (${range})`;
        };
        return {
          'Enterprise: worker, instances/min': perMinute(own, 'worker', enterprise),
          'Enterprise: bare loop, from the same template, instances/min': perMinute(own, 'bare', enterprise),
          'Enterprise: bare loop, migrating each, instances/min': perMinute(own, 'migrations', enterprise),
          'Enterprise: worker ÷ bare loop from the template (goal ≥ 0.8)': told(own, 'bare'),
          'Enterprise: worker ÷ bare loop migrating each (goal ≥ 0.8)': told(own, 'migrations'),
          'Standard: worker, instances/min': perMinute(shared, 'worker', standard),
          'Standard: bare loop of the same rows, instances/min': perMinute(shared, 'bare', standard),
          'Standard: worker ÷ bare loop': told(shared, 'bare'),
        };
      } finally {
        await worker.close();
      }
    } finally {
      await world.close();
    }
  } finally {
    await nats.close();
  }
}
