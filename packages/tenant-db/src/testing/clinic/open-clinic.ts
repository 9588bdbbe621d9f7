import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Secret } from '@farutech/kernel/secret';
import { PrismaPg } from '@prisma/adapter-pg';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

interface Patient {
  readonly id?: string;
  readonly tenantId?: string;
  readonly name: string;
}

interface Keeper {
  readonly name: string;
  readonly patients?: readonly Patient[];
  readonly _count?: { readonly patients: number };
}

/** Lo que se usa del cliente generado. */
export interface Clinic {
  readonly keeper: {
    findMany(args?: object): Promise<readonly Keeper[]>;
    update(args: object): Promise<Keeper>;
  };
  readonly patient: { findMany(args?: object): Promise<readonly Patient[]> };
  $queryRawUnsafe<T>(sql: string, ...values: unknown[]): Promise<T>;
}

interface ClinicClient extends Clinic {
  $extends(extension: unknown): ClinicClient;
  $transaction<T>(work: (tx: Clinic) => Promise<T>): Promise<T>;
  $disconnect(): Promise<void>;
}

/** Un cliente de Prisma con relaciones que no nombran al inquilino. Se genera aquí: solo lo usa una prueba. */
export async function openClinic(connectionString: Secret): Promise<ClinicClient> {
  await promisify(execFile)(
    `${root}node_modules/.bin/prisma`,
    ['generate', '--config', fileURLToPath(new URL('prisma.config.ts', import.meta.url))],
    {
      cwd: root,
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: 'prisma/no-engine.txt',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
  const generated = `${root}prisma/.cache/clinic/client.ts`;
  const { PrismaClient } = (await import(/* @vite-ignore */ generated)) as {
    readonly PrismaClient: new (options: { adapter: PrismaPg }) => ClinicClient;
  };
  // Al apagarse el servidor, una sesión que aún se despide recibe su aviso.
  const onLate = (): void => undefined;
  const adapter = new PrismaPg(
    { connectionString: connectionString.reveal(), max: 2 },
    { onPoolError: onLate, onConnectionError: onLate },
  );
  return new PrismaClient({ adapter });
}
