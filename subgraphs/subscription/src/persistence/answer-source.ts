import type { Clock } from '@farutech/kernel/clock';
import type { StateSource, Stored } from '@farutech/messaging/live-state';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { Entitlement } from '../domain/entitlement.ts';
import { readAnswerHeads } from './queries/answer-heads.ts';
import { readEntitlements } from './queries/entitlements.ts';

/** Lo que decide la respuesta de una instancia, y el producto cuyos cambios también la cambian. */
export interface KnownEntitlement {
  readonly entitlement: Entitlement;
  readonly productId: string | null;
}

/** Sin mirar de quién es cada una: quien abre una lectura ya lo ha mirado. */
export function answerSource(prisma: PrismaClient, clock: Clock): StateSource<string, KnownEntitlement> {
  return {
    async read(instanceIds) {
      // Primero los números: si algo cambia entre las dos lecturas, el número se queda corto y la red lo ve.
      const heads = await readAnswerHeads(prisma, instanceIds);
      const found = await readEntitlements(prisma, { kind: 'everything' }, instanceIds, clock());
      const known = new Map<string, Stored<KnownEntitlement>>();
      for (const [instanceId, entitlement] of found) {
        const { head = '', productId = null } = heads.get(instanceId) ?? {};
        known.set(instanceId, { head, value: { entitlement, productId } });
      }
      return known;
    },
    async heads(instanceIds) {
      const heads = await readAnswerHeads(prisma, instanceIds);
      return new Map([...heads].map(([instanceId, { head }]) => [instanceId, head]));
    },
  };
}
