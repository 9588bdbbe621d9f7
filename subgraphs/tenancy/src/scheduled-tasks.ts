import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { pruneLedger } from '@farutech/messaging/prune-ledger';
import type { Logger } from '@farutech/runtime/logger';
import type { ScheduledTask } from '@farutech/schedule/task';
import type { TenancyConfig } from './config.ts';
import type { UnitOfWork } from './domain/ports.ts';
import type { TenancyPrisma } from './persistence/open-prisma.ts';
import { pruneFeed } from './persistence/prune-feed.ts';
import { sweepingQueries } from './persistence/queries/sweeping.ts';
import { confirmDueMoves } from './use-cases/confirm-due-moves.ts';
import { sweep } from './use-cases/sweep.ts';

interface TaskParts {
  readonly config: TenancyConfig;
  readonly prisma: TenancyPrisma;
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Lo que tenancy hace por reloj. */
export function scheduledTasks(parts: TaskParts): readonly ScheduledTask[] {
  const { config, prisma, log } = parts;
  const queries = sweepingQueries(prisma);
  const sweeping = {
    ...parts,
    ...queries,
    sweepAfterMs: config.sweepAfterMs,
    onError: (error: unknown, operationId: string) =>
      log.warn({ err: error, operationId }, 'an operation could not be swept; the next sweep tries again'),
  };
  return [
    {
      name: 'sweep',
      cron: config.sweepCron,
      summary: 'gives the order again of every operation that nothing is heard of',
      run: (at, signal) => sweep(sweeping, at, signal),
    },
    {
      name: 'confirm-moves',
      cron: config.sweepCron,
      summary: 'confirms the moves that nobody decided on in time',
      run: (at, signal) => confirmDueMoves({ ...parts, findDue: queries.findDue }, at, signal),
    },
    {
      name: 'prune',
      cron: config.pruneCron,
      summary: 'deletes what nobody asks for any more: old outbox rows, marks, keys and feed entries',
      async run(at, signal) {
        const ledger = await pruneLedger(
          config.databaseUrl,
          { outboxDays: config.outboxKeepDays },
          at,
          signal,
        );
        return `${ledger}; ${await pruneFeed(prisma, at, signal)}`;
      },
    },
  ];
}
