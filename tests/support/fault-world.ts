import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operationSteps } from '@farutech/contracts/provisioning';
import type pg from 'pg';
import { visitDatabase } from '../../packages/messaging/src/visit-database.ts';
import type { Api } from './api.ts';
import { grupoExito } from './instances.ts';
import { startTestNats, type TestNats } from './nats.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { startTestStack, type TestStack } from './stack.ts';

const products = fileURLToPath(new URL('../../products', import.meta.url));

/** Quien calla un mensaje lo pierde a los 2 s, y una operación que no avanza se llama otra vez a los 3 s. */
export const faultSettings = { ackWaitMs: 2_000, sweepAfterMs: 3_000, sweepEveryMs: 1_000 } as const;

/** El código de la instancia en la que el trabajador muere a mitad de ese paso, con la acción hecha y sin contar. */
export const deadlyCode = (step: string): string => `muere-${step}`;

/** Una pila entera, cada servicio en su proceso, sobre servidores que se pueden tirar y productos que se pueden cambiar. */
export interface FaultWorld {
  readonly stack: TestStack;
  readonly postgres: TestPostgres;
  readonly nats: TestNats;
  readonly operator: Api;
  readonly customerId: string;
  /** Los productos que la pila sirve: una copia. */
  readonly productsDir: string;
  /** Lo que responde una de las bases del plano de control. */
  ask<Row extends pg.QueryResultRow>(
    database: string,
    sql: string,
    params?: readonly unknown[],
  ): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Lo que una historia necesita del mundo; se pide dentro de ella, cuando ya está en pie. */
export type InFaultWorld = () => FaultWorld;

export async function openFaultWorld(): Promise<FaultWorld> {
  const productsDir = await mkdtemp(join(tmpdir(), 'farutech-products-'));
  await cp(products, productsDir, { recursive: true });
  await chmod(productsDir, 0o755);
  const [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()]);
  const stack = await startTestStack({
    profile: 'full',
    env: {
      DATABASE_URL: postgres.adminUrl,
      NATS_URL: nats.url,
      PRODUCTS_DIR: productsDir,
      ACK_WAIT_MS: `${faultSettings.ackWaitMs}`,
      SWEEP_AFTER_MS: `${faultSettings.sweepAfterMs}`,
      SWEEP_CRON: '* * * * * *',
      PROVISIONING_FAULT: operationSteps.PROVISION.map((step) => `${step}:crash@${deadlyCode(step)}`).join(
        ',',
      ),
    },
  });
  const operator = await stack.as('operator@farutech.test');
  return {
    stack,
    postgres,
    nats,
    operator,
    customerId: await grupoExito(operator),
    productsDir,
    ask: <Row extends pg.QueryResultRow>(
      database: string,
      sql: string,
      params: readonly unknown[] = [],
    ): Promise<readonly Row[]> =>
      visitDatabase(
        stack.file().databases[database] ?? '',
        'fault-world',
        async (client) => (await client.query<Row>(sql, [...params])).rows,
      ),
    async close() {
      await stack.close();
      await nats.close();
      await postgres.close();
      await rm(productsDir, { recursive: true, force: true });
    },
  };
}
