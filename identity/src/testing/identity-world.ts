import { fileURLToPath } from 'node:url';
import { Secret } from '@farutech/kernel/secret';
import type { PrismaClient } from '@farutech/prisma/identity';
import { migrate } from '@farutech/prisma/migrate';
import { createLogger, type Logger } from '@farutech/runtime/logger';
import { startTestPostgres } from '../../../tests/support/postgres.ts';
import type { IdentityConfig } from '../config.ts';
import { openDatabase } from '../start.ts';

const migrations = fileURLToPath(new URL('../../../prisma/identity/migrations', import.meta.url));

// No son las de desarrollo: así las pruebas también pueden arrancar como en producción.
export const fieldKeys = new Secret(`prueba:${Buffer.alloc(32, 7).toString('base64')}`);
const cookieKeys = [new Secret('una-clave-de-cookies-de-las-pruebas')];

export interface IdentityWorld {
  readonly log: Logger;
  /** Las líneas que ha escrito el registro. */
  readonly lines: string[];
  /** Una base nueva, migrada, con su cliente. */
  freshDatabase(name: string): Promise<{ url: string; prisma: PrismaClient }>;
  configFor(databaseUrl: string): IdentityConfig;
  close(): Promise<void>;
}

export async function openIdentityWorld(): Promise<IdentityWorld> {
  const postgres = await startTestPostgres();
  const clients: PrismaClient[] = [];
  const lines: string[] = [];
  const log = createLogger('identity', { write: (line) => lines.push(line) });
  return {
    log,
    lines,
    async freshDatabase(name) {
      const url = await postgres.createDatabase(name);
      await migrate(url, [migrations]);
      const prisma = openDatabase(url, log);
      clients.push(prisma);
      return { url, prisma };
    },
    configFor: (databaseUrl) => ({
      host: '127.0.0.1',
      port: 0,
      databaseUrl,
      apiAudience: 'urn:farutech:orchestrator',
      fieldKeys,
      developmentLogin: true,
      cookieKeys,
    }),
    async close() {
      await Promise.all(clients.map((client) => client.$disconnect()));
      await postgres.close();
    },
  };
}
