import { PermanentError } from '@farutech/kernel/errors';
import { FencedError } from '@farutech/messaging/consume';
import type { Ref, Seen } from './api.ts';
import { StaleError } from './api-failure.ts';
import { type Hands, onFresh, ownsNamespace, refuseOlder } from './claim.ts';
import type { ClusterTenant, Holder } from './cluster.ts';
import type { Manifest } from './manifests.ts';

/** Algo que no estaba y que hemos puesto. */
export interface Born {
  readonly ref: Ref;
  readonly now: Seen;
}

const notOurs = ({ kind, metadata }: Manifest): PermanentError =>
  kind === 'Namespace'
    ? new PermanentError(
        'NAMESPACE_NOT_OURS',
        `The namespace ${metadata.name} exists and is not this instance's. Remove it, or choose another instance code.`,
      )
    : new PermanentError(
        'NAMESPACE_CONFLICT',
        `${kind} ${metadata.name} exists in ${metadata.namespace} and is not ours. Remove or rename it, then retry.`,
      );

/** Aplica uno: sobre la versión que se ve si está, y si no está dice que nació. Lo ajeno no se toca. */
export async function put(
  hands: Hands,
  tenant: ClusterTenant,
  holder: Holder,
  manifest: Manifest,
): Promise<Born | undefined> {
  return await onFresh(async () => {
    const before = await hands.api.read(manifest);
    if (before !== undefined) {
      if (!ownsNamespace(hands, tenant, before)) throw notOurs(manifest);
      refuseOlder(before, holder);
    }
    const { now, born } = await hands.api.apply(manifest, before?.metadata);
    return born ? { ref: manifest, now } : undefined;
  });
}

/**
 * Crear no admite condición: quien despertó tarde pudo crear lo que otro ya había deshecho. Así que se mira después, y
 * lo que nació de más se quita, salvo que su dueño lo haya hecho suyo entretanto.
 */
export async function keepIfMine(
  { api }: Hands,
  holder: Holder,
  born: readonly (Born | undefined)[],
): Promise<void> {
  const news = born.filter((one) => one !== undefined);
  if (news.length === 0) return;
  try {
    await holder.confirm();
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
    for (const { ref, now } of news.toReversed()) await removeUntouched(api, ref, now);
    throw error;
  }
}

async function removeUntouched(api: Hands['api'], ref: Ref, seen: Seen): Promise<void> {
  try {
    await api.remove(ref, seen.metadata);
  } catch (error) {
    // Cambió: tiene otro dueño.
    if (!(error instanceof StaleError)) throw error;
  }
}
