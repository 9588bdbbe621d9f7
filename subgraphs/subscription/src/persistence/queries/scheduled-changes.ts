import type { Clock } from '@farutech/kernel/clock';
import type { PrismaClient, ScheduledChange as ScheduledChangeRow } from '@farutech/prisma/subscription';
import DataLoader from 'dataloader';
import { stillToCome } from '../../domain/scheduled-change.ts';

export type { ScheduledChangeRow };
export type ScheduledChangeLoader = DataLoader<string, readonly ScheduledChangeRow[]>;

/** Lo que aún ha de pasar, por fecha. Quien pide ya alcanzó la suscripción a la que le pasará. */
export const scheduledChangeLoader = (prisma: PrismaClient, clock: Clock): ScheduledChangeLoader =>
  new DataLoader(async (subscriptionIds) => {
    const rows = await prisma.scheduledChange.findMany({
      where: { subscriptionId: { in: [...subscriptionIds] }, ended: null },
      orderBy: [{ effectiveAt: 'asc' }, { id: 'asc' }],
    });
    const now = clock();
    return subscriptionIds.map((id) =>
      stillToCome(
        rows.filter(({ subscriptionId }) => subscriptionId === id),
        now,
      ),
    );
  });
