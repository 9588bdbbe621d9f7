import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { writeOutbox } from '@farutech/messaging/outbox';
import type { Country } from './domain/country.ts';
import { tellRegistered } from './domain/customer.ts';
import { openPrisma, type TenancyPrisma, type Transaction } from './persistence/open-prisma.ts';
import { tellProvisioned } from './use-cases/tell-provisioned.ts';
import { tellRequested } from './use-cases/tell-requested.ts';

export interface RetellOptions {
  readonly databaseUrl: string;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Las filas que una transacción lee y cuenta otra vez (500). */
  readonly batchSize?: number;
}

/** Los hechos de las filas que siguen a `after`, y el id de la última; `null` cuando no queda ninguna. */
type Telling = (
  tx: Transaction,
  after: string,
  take: number,
) => Promise<{ readonly events: OutgoingEvent[]; readonly last: string } | null>;

// Antes de cualquier id: así la primera página se pide como las demás.
const nobody = '00000000-0000-0000-0000-000000000000';

const tellCustomers: Telling = async (tx, after, take) => {
  const rows = await tx.customer.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take,
    select: { id: true, country: true, isActive: true, revision: true, createdAt: true },
  });
  const last = rows.at(-1)?.id;
  if (last === undefined) return null;
  return { events: rows.map((row) => tellRegistered({ ...row, country: row.country as Country })), last };
};

type InstanceRow = Awaited<ReturnType<typeof readInstances>>[number];

const readInstances = (tx: Transaction, after: string, take: number) =>
  tx.tenantInstance.findMany({
    where: { id: { gt: after } },
    orderBy: { id: 'asc' },
    take,
    include: {
      home: true,
      operations: {
        where: { kind: 'PROVISION', state: 'SUCCEEDED' },
        orderBy: { startedAt: 'desc' },
        take: 1,
      },
      feed: { orderBy: { version: 'desc' }, take: 1, select: { payload: true } },
    },
  });

function tellHome({ id, provisionedAt, home, operations }: InstanceRow): OutgoingEvent[] {
  const [operation] = operations;
  if (provisionedAt === null || home === null || operation === undefined) return [];
  return [tellProvisioned({ instanceId: id, provisionedAt, home, operation })];
}

/** En el orden en que pasó: el buzón lo guarda dentro de una instancia. */
const tellInstances: Telling = async (tx, after, take) => {
  const rows = await readInstances(tx, after, take);
  const last = rows.at(-1)?.id;
  if (last === undefined) return null;
  const events = rows.flatMap((row) => [
    tellRequested(row),
    ...tellHome(row),
    ...row.feed.map(({ payload }) =>
      tell(tenantInstanceStatusChanged, tenantInstanceStatusChanged.schema.parse(payload)),
    ),
  ]);
  return { events, last };
};

async function tellAll(
  prisma: TenancyPrisma,
  telling: Telling,
  { newId, clock, batchSize = 500 }: RetellOptions,
): Promise<number> {
  const cause = { actor: 'projections-rebuild', correlationId: newId() };
  let facts = 0;
  let after: string | null = nobody;
  while (after !== null) {
    const from: string = after;
    after = await prisma.$transaction(async (tx) => {
      const page = await telling(tx, from, batchSize);
      if (page === null) return null;
      const execute = (sql: string, params: readonly unknown[]) => tx.$executeRawUnsafe(sql, ...params);
      await writeOutbox(execute, newId, cause, clock(), page.events);
      facts += page.events.length;
      return page.last;
    });
  }
  return facts;
}

/**
 * Cuenta otra vez, por el buzón, el presente de todo lo que otros guardan de tenancy: los clientes, qué
 * instancias se vendieron y cómo está cada una. Los mensajes son nuevos, y las revisiones y versiones, las de
 * las filas: quien ya lo sabe no lo mira, así que se puede hacer en cualquier momento y cuantas veces se
 * quiera.
 */
export async function retell(options: RetellOptions): Promise<{ facts: number }> {
  let lost: Error | undefined;
  const prisma = openPrisma(options.databaseUrl, (error) => {
    lost = error;
  });
  try {
    const customers = await tellAll(prisma, tellCustomers, options);
    const instances = await tellAll(prisma, tellInstances, options);
    return { facts: customers + instances };
  } catch (error) {
    // Una conexión que se cayó lo explica mejor que la sentencia que se quedó sin ella.
    throw lost ?? error;
  } finally {
    await prisma.$disconnect();
  }
}
