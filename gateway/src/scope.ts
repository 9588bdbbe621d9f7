import type { Viewer } from '@farutech/kernel/viewer';

/** Quien ve lo mismo: dos tokens de un mismo espectador comparten suscripciones; dos espectadores, nunca. */
export const scopeOf = ({ sub, roles, tenantId, instanceIds }: Viewer): string =>
  JSON.stringify([sub, roles, tenantId, instanceIds]);
