import { systemClock } from '@farutech/kernel/clock';
import { PrismaClient } from '@farutech/prisma/identity';
import { createFieldCipher } from '@farutech/runtime/field-cipher';
import { createHealth } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics } from '@farutech/runtime/metrics';
import { refuseInProduction } from '@farutech/runtime/production';
import { PrismaPg } from '@prisma/adapter-pg';
import { developmentCookieKey, type IdentityConfig } from './config.ts';
import { sweepEveryMinute } from './expired-payloads.ts';
import { addressOf, closeServer, createHandler, listen } from './http-server.ts';
import { observe } from './observe.ts';
import { openPasswordCheck } from './passwords.ts';
import { createProvider } from './provider.ts';
import { ensureSigningKeys } from './signing-keys.ts';

const poolSize = 10;

export interface Identity {
  readonly url: string;
  close(): Promise<void>;
}

export function openDatabase(databaseUrl: string, log: Logger): PrismaClient {
  const onError = (error: Error): void => log.warn({ err: error }, 'a database connection was lost');
  const adapter = new PrismaPg(
    { connectionString: databaseUrl, max: poolSize, application_name: 'identity' },
    { onPoolError: onError, onConnectionError: onError },
  );
  return new PrismaClient({ adapter });
}

export async function startIdentity(config: IdentityConfig, log: Logger): Promise<Identity> {
  if (config.cookieKeys.some((key) => key.reveal() === developmentCookieKey)) {
    refuseInProduction('The default of COOKIE_KEYS');
  }
  const cipher = createFieldCipher(config.fieldKeys);
  const prisma = openDatabase(config.databaseUrl, log);
  try {
    return await serve(config, { prisma, cipher, log });
  } catch (error) {
    await prisma.$disconnect();
    throw error;
  }
}

async function serve(
  config: IdentityConfig,
  deps: { prisma: PrismaClient; cipher: ReturnType<typeof createFieldCipher>; log: Logger },
): Promise<Identity> {
  const { prisma, log } = deps;
  const clock = systemClock;
  const metrics = createMetrics('identity');
  const health = createHealth();
  health.add('database', async () => {
    await prisma.$queryRaw`SELECT 1`;
  });
  const [keys, passwords] = await Promise.all([
    ensureSigningKeys({ prisma, cipher: deps.cipher, clock }),
    openPasswordCheck(),
  ]);

  const server = await listen(config.host, config.port);
  const url = addressOf(server);
  const issuer = config.issuer ?? url;
  try {
    const provider = createProvider({ ...config, issuer, keys, prisma, passwords, clock });
    observe(provider, { prisma, clock, log, metrics });
    const onError = (error: unknown): void => log.error({ err: error }, 'request failed');
    server.on('request', createHandler({ issuer, oidc: provider.callback(), health, metrics, onError }));
  } catch (error) {
    await closeServer(server);
    throw error;
  }
  const sweeper = sweepEveryMinute({ prisma, clock, log });

  return {
    url,
    async close() {
      await closeServer(server);
      await sweeper.close();
      await prisma.$disconnect();
    },
  };
}
