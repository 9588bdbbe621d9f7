import {
  type Operation as OperationRow,
  Prisma,
  type OperationStep as StepRow,
} from '@farutech/prisma/tenancy';
import { Operation } from '../domain/operation.ts';
import type { OperationData, ToldOrder } from '../domain/operation-data.ts';
import type { OperationStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

const withSteps = { steps: { orderBy: { ord: 'asc' } } } as const;

const isRecord = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function parseOrder(raw: unknown): ToldOrder {
  if (
    !isRecord(raw) ||
    typeof raw.name !== 'string' ||
    typeof raw.version !== 'number' ||
    !isRecord(raw.data)
  ) {
    throw new TypeError('the order of an operation is not one');
  }
  const { name, version, data, after } = raw;
  return after === undefined ? { name, version, data } : { name, version, data, after: parseOrder(after) };
}

function toOperation(row: OperationRow & { steps: StepRow[] }): Operation {
  const { tenantInstanceId, failureStep, failureCode, failureMessage, steps, order: told, ...same } = row;
  return Operation.restore({
    ...same,
    instanceId: tenantInstanceId,
    order: told === null ? null : parseOrder(told),
    failure:
      failureStep === null
        ? null
        : { step: failureStep, code: failureCode ?? '', message: failureMessage ?? '' },
    steps: steps.map(({ operationId: _, ...step }) => step),
  });
}

function columnsOf({ id: _id, steps: _steps, instanceId, failure, order: told, ...same }: OperationData) {
  return {
    ...same,
    // Pasar por JSON dice también al compilador que no hay otra cosa.
    order: told === null ? Prisma.DbNull : JSON.parse(JSON.stringify(told)),
    tenantInstanceId: instanceId,
    failureStep: failure?.step ?? null,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
  };
}

export function operationStore(tx: Transaction): OperationStore {
  /** Los pasos de cada una como se leyeron en esta transacción: lo que no haya cambiado desde entonces no se escribe. */
  const read = new Map<string, readonly StepRow[]>();

  function restored(row: (OperationRow & { steps: StepRow[] }) | null): Operation | null {
    if (row === null) return null;
    read.set(row.id, row.steps);
    return toOperation(row);
  }

  return {
    async add(operation) {
      const data = operation.data();
      const { id, steps } = data;
      await tx.operation.create({ data: { id, ...columnsOf(data) }, select: { id: true } });
      await tx.operationStep.createMany({ data: steps.map((step) => ({ operationId: id, ...step })) });
    },
    async get(id) {
      return restored(await tx.operation.findUnique({ where: { id }, include: withSteps }));
    },
    async newestOf(tenantInstanceId) {
      return restored(
        await tx.operation.findFirst({
          where: { tenantInstanceId },
          orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
          include: withSteps,
        }),
      );
    },
    // La regla de una a la vez está en operation-admission.ts, con el cerrojo de la instancia, y no en un índice único: su
    // migración dice por qué.
    async standingOf(tenantInstanceId) {
      return await tx.operation.findMany({
        where: { tenantInstanceId, state: { notIn: ['SUCCEEDED', 'COMPENSATED'] } },
        select: { id: true, kind: true, state: true },
        orderBy: { id: 'asc' },
      });
    },
    async save(operation) {
      const data = operation.data();
      const { id: operationId } = data;
      const before = read.get(operationId) ?? (await tx.operationStep.findMany({ where: { operationId } }));
      read.delete(operationId);
      await tx.operation.update({
        where: { id: operationId },
        data: columnsOf(data),
        select: { id: true },
      });
      for (const { ord, ...step } of data.steps) {
        const known = before.find((row) => row.ord === ord);
        // Un hecho mueve un paso: los otros seis no se vuelven a escribir.
        if (known !== undefined && sameStep(known, step)) continue;
        await tx.operationStep.upsert({
          where: { operationId_ord: { operationId, ord } },
          create: { operationId, ord, ...step },
          update: step,
          select: { ord: true },
        });
      }
    },
  };
}

const sameStep = (row: StepRow, step: Omit<StepRow, 'operationId' | 'ord'>): boolean =>
  row.state === step.state &&
  row.attempt === step.attempt &&
  row.detail === step.detail &&
  row.startedAt?.getTime() === step.startedAt?.getTime() &&
  row.finishedAt?.getTime() === step.finishedAt?.getTime();
