import type { PrismaClient } from '@farutech/prisma/subscription';
import DataLoader from 'dataloader';
import type { FeatureOverride } from '../../domain/feature-override.ts';

interface FeatureOverrideRow extends FeatureOverride {
  readonly subscriptionId: string;
  readonly validTo: Date | null;
}
export type FeatureOverrideLoader = DataLoader<string, readonly FeatureOverrideRow[]>;

/** Las excepciones en vigor, por código. Quien pide ya alcanzó la suscripción de la que cuelgan. */
export const featureOverrideLoader = (prisma: PrismaClient, clock: () => Date): FeatureOverrideLoader =>
  new DataLoader(async (subscriptionIds) => {
    const at = clock();
    const rows = await prisma.featureOverride.findMany({
      where: {
        subscriptionId: { in: [...subscriptionIds] },
        knownTo: null,
        validFrom: { lte: at },
        OR: [{ validTo: null }, { validTo: { gt: at } }],
      },
      orderBy: { featureCode: 'asc' },
    });
    return subscriptionIds.map((id) => rows.filter((row) => row.subscriptionId === id));
  });
