import type { Operation as OperationRow, OperationStep as StepRow } from '@farutech/prisma/tenancy';
import { Operation } from '../domain/operation.ts';
import type { OperationData } from '../domain/operation-data.ts';
import type { OperationStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

const withSteps = { steps: { orderBy: { ord: 'asc' } } } as const;

function toOperation(row: OperationRow & { steps: StepRow[] }): Operation {
  const { tenantInstanceId, failureStep, failureCode, failureMessage, steps, ...same } = row;
  return Operation.restore({
    ...same,
    instanceId: tenantInstanceId,
    failure:
      failureStep === null
        ? null
        : { step: failureStep, code: failureCode ?? '', message: failureMessage ?? '' },
    steps: steps.map(({ operationId: _, ...step }) => step),
  });
}

function columnsOf({ id: _id, steps: _steps, instanceId, failure, ...same }: OperationData) {
  return {
    ...same,
    tenantInstanceId: instanceId,
    failureStep: failure?.step ?? null,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
  };
}

export const operationStore = (tx: Transaction): OperationStore => ({
  async add(operation) {
    const data = operation.data();
    const { id, steps } = data;
    await tx.operation.create({ data: { id, ...columnsOf(data) }, select: { id: true } });
    await tx.operationStep.createMany({ data: steps.map((step) => ({ operationId: id, ...step })) });
  },
  async get(id) {
    const row = await tx.operation.findUnique({ where: { id }, include: withSteps });
    return row === null ? null : toOperation(row);
  },
  async newestOf(tenantInstanceId) {
    const row = await tx.operation.findFirst({
      where: { tenantInstanceId },
      orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
      include: withSteps,
    });
    return row === null ? null : toOperation(row);
  },
  async save(operation) {
    const data = operation.data();
    const { id: operationId } = data;
    const before = await tx.operationStep.findMany({ where: { operationId } });
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
});

const sameStep = (row: StepRow, step: Omit<StepRow, 'operationId' | 'ord'>): boolean =>
  row.state === step.state &&
  row.attempt === step.attempt &&
  row.detail === step.detail &&
  row.startedAt?.getTime() === step.startedAt?.getTime() &&
  row.finishedAt?.getTime() === step.finishedAt?.getTime();
