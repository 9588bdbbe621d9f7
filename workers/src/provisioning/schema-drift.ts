import { schemaDriftLookup } from '@farutech/contracts/provisioning';
import pg from 'pg';
import type { z } from 'zod';
import { missingMigrations } from './applied-migrations.ts';
import { describeFailure } from './failure.ts';
import type { Surroundings } from './step.ts';
import { onDatabase, tenantDatabaseName } from './tenant-names.ts';

type Question = z.output<typeof schemaDriftLookup.request>['tenants'][number];
type Answer = z.output<typeof schemaDriftLookup.reply>['tenants'][number];

/** Conexiones a la vez: cada una es a otra base, y el servidor las reparte con todos. */
const atOnce = 8;
const connectLimitMs = 3_000;

async function driftOf(surroundings: Surroundings, tenant: Question): Promise<Answer> {
  const { tenantServerUrl, shared, migrations, log } = surroundings;
  const { instanceId, productCode, databaseTier } = tenant;
  const client = new pg.Client({
    connectionString:
      databaseTier === 'ENTERPRISE'
        ? onDatabase(tenantServerUrl, tenantDatabaseName(instanceId))
        : shared.url,
    application_name: 'schema-drift',
    connectionTimeoutMillis: connectLimitMs,
  });
  client.on('error', (error) =>
    log.warn({ err: error, instanceId }, 'lost the connection that asks a schema'),
  );
  try {
    await client.connect();
    const missing = await missingMigrations(client, migrations.of(productCode).names);
    return { instanceId, missing: [...missing], unreachable: null };
  } catch (error) {
    return { instanceId, missing: [], unreachable: describeFailure(error, instanceId).message };
  } finally {
    await client.end();
  }
}

/** Qué migraciones le faltan a la base de cada uno. La que no contesta no deja sin respuesta a las demás. */
export async function answerDrift(surroundings: Surroundings, raw: unknown): Promise<unknown> {
  const { tenants } = schemaDriftLookup.request.parse(raw);
  const answers = new Map<string, Answer>();
  const left = [...tenants];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      answers.set(next.instanceId, await driftOf(surroundings, next));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return schemaDriftLookup.reply.parse({ tenants: tenants.map(({ instanceId }) => answers.get(instanceId)) });
}
