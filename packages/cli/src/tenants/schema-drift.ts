import { schemaDriftLookup } from '@farutech/contracts/provisioning';
import { askEach } from '@farutech/messaging/visit';
import type { OwnDatabase } from './own-databases.ts';

export interface Drift {
  readonly tenant: OwnDatabase;
  readonly missing: readonly string[];
  /** Why its database could not be asked. */
  readonly unreachable: string | null;
}

const batch = 50;
const answerWithinMs = 30_000;

/** What the databases of these tenants lack, as the provisioning worker sees it: it has the migrations. */
export async function readDrift(natsUrl: string, tenants: readonly OwnDatabase[]): Promise<readonly Drift[]> {
  const questions = Array.from({ length: Math.ceil(tenants.length / batch) }, (_, index) => ({
    tenants: tenants.slice(index * batch, (index + 1) * batch).map(({ id, product }) => ({
      instanceId: id,
      productCode: product?.code ?? '',
      databaseTier: 'ENTERPRISE',
    })),
  }));
  const answers = await askEach(natsUrl, schemaDriftLookup.subject, questions, { timeoutMs: answerWithinMs });
  const found = new Map(
    answers.flatMap((raw) => schemaDriftLookup.reply.parse(raw).tenants).map((one) => [one.instanceId, one]),
  );
  return tenants.map((tenant) => {
    const { missing = [], unreachable = 'The worker said nothing about it.' } = found.get(tenant.id) ?? {};
    return { tenant, missing, unreachable };
  });
}
