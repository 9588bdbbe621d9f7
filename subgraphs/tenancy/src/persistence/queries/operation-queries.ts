import type { Reach } from '@farutech/kernel/viewer';
import { Prisma, type PrismaClient } from '@farutech/prisma/tenancy';
import DataLoader from 'dataloader';
import { byKeyLoader, countLoader, pagedLoader } from './batches.ts';
import { all, behind, isId, operationsWithin, uuids } from './conditions.ts';
import type { OperationFilter, OperationView, PageRequest, StepView } from './views.ts';

interface Row extends Omit<OperationView, 'failure'> {
  readonly instanceId: string;
  readonly failureStep: string | null;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
}

interface OfInstance extends OperationView {
  readonly instanceId: string;
}

const columns = Prisma.sql`o.id, o.tenant_instance_id AS "instanceId", o.kind::text AS kind, o.state::text AS state,
  o.attempt, o.max_attempts AS "maxAttempts", o.correlation_id AS "correlationId",
  o.failure_step AS "failureStep", o.failure_code AS "failureCode", o.failure_message AS "failureMessage",
  o.started_at AS "startedAt", o.finished_at AS "finishedAt"`;

const startedAt = Prisma.sql`o.started_at`;
const id = Prisma.sql`o.id`;

const toView = ({ failureStep, failureCode, failureMessage, ...row }: Row): OfInstance => ({
  ...row,
  failure:
    failureStep === null
      ? null
      : { step: failureStep, code: failureCode ?? '', message: failureMessage ?? '' },
});

/** Los cursores de las operaciones van por (startedAt, id). */
export function operationQueries(db: PrismaClient, reach: Reach) {
  const within = operationsWithin(reach);

  function matching({ state, kind, customerId }: OperationFilter): Prisma.Sql {
    const conditions = [within];
    if (state != null) conditions.push(Prisma.sql`o.state = ${state}::operation_state`);
    if (kind != null) conditions.push(Prisma.sql`o.kind = ${kind}::operation_kind`);
    if (customerId != null) conditions.push(isId(Prisma.sql`o.customer_id`, customerId));
    return all(conditions);
  }

  const byId = byKeyLoader(
    async (ids) => {
      const rows = await db.$queryRaw<Row[]>`
        SELECT ${columns} FROM operation o WHERE o.id = ANY(${uuids(ids)}) AND ${within}`;
      return rows.map(toView);
    },
    (row) => row.id,
  );

  const ofInstance = pagedLoader(
    async (instanceIds, page) => {
      const rows = await db.$queryRaw<Row[]>`
        SELECT ${columns} FROM unnest(${uuids(instanceIds)}) AS parent (id) CROSS JOIN LATERAL (
          SELECT o.* FROM operation o
          WHERE o.tenant_instance_id = parent.id AND ${within} AND ${behind(startedAt, id, page)}
          ORDER BY o.started_at DESC, o.id DESC LIMIT ${page.first + 1}
        ) o ORDER BY o.started_at DESC, o.id DESC`;
      return rows.map(toView);
    },
    ({ instanceId }) => instanceId,
  );

  const countOfInstance = countLoader(
    (instanceIds) =>
      db.$queryRaw<{ parent: string; count: number }[]>`
        SELECT o.tenant_instance_id AS parent, count(*)::int AS count FROM operation o
        WHERE o.tenant_instance_id = ANY(${uuids(instanceIds)}) AND ${within} GROUP BY o.tenant_instance_id`,
  );

  const current = byKeyLoader(
    async (instanceIds) => {
      const rows = await db.$queryRaw<Row[]>`
        SELECT ${columns} FROM operation o
        WHERE o.tenant_instance_id = ANY(${uuids(instanceIds)}) AND ${within}
          AND o.state IN ('SCHEDULED', 'RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING')
        -- De dos vale la última: la que trabaja, antes que el traslado que espera a su lado.
        ORDER BY o.state <> 'AWAITING_CONFIRMATION', o.started_at, o.id`;
      return rows.map(toView);
    },
    ({ instanceId }) => instanceId,
  );

  const steps = new DataLoader<string, readonly StepView[]>(async (operationIds) => {
    const rows = await db.operationStep.findMany({
      where: { operationId: { in: [...operationIds] } },
      orderBy: { ord: 'asc' },
    });
    return operationIds.map((one) => rows.filter(({ operationId }) => operationId === one));
  });

  const deadlines = new DataLoader<string, Date | null>(async (operationIds) => {
    const rows = await db.operation.findMany({
      where: { id: { in: [...operationIds] } },
      select: { id: true, confirmBy: true },
    });
    return operationIds.map((one) => rows.find((row) => row.id === one)?.confirmBy ?? null);
  });

  return {
    operation: (operationId: string): Promise<OperationView | null> => byId.load(operationId.toLowerCase()),

    async operations(page: PageRequest, filter: OperationFilter): Promise<readonly OperationView[]> {
      const rows = await db.$queryRaw<Row[]>`
        SELECT ${columns} FROM operation o WHERE ${matching(filter)} AND ${behind(startedAt, id, page)}
        ORDER BY o.started_at DESC, o.id DESC LIMIT ${page.first + 1}`;
      return rows.map(toView);
    },

    async countOperations(filter: OperationFilter): Promise<number> {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM operation o WHERE ${matching(filter)}`;
      return row?.count ?? 0;
    },

    operationsOf: ofInstance as (instanceId: string, page: PageRequest) => Promise<readonly OperationView[]>,
    countOperationsOf: (instanceId: string): Promise<number> => countOfInstance.load(instanceId),
    /** La que está en curso. */
    currentOperationOf: (instanceId: string): Promise<OperationView | null> => current.load(instanceId),
    /** De una operación que ya se dio a ver: lo suyo no necesita otro filtro. */
    confirmByOf: (operationId: string): Promise<Date | null> => deadlines.load(operationId),
    stepsOf: (operationId: string): Promise<readonly StepView[]> => steps.load(operationId),
  };
}
