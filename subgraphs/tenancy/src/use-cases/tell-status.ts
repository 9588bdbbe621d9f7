import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { StatusEntry } from '../domain/tenant-instance.ts';

/**
 * Entradas de la historia de una instancia como mensajes. Una versión tiene un solo id de mensaje, se
 * cuente las veces que se cuente.
 */
export const feedEvents = (entries: readonly StatusEntry[]): OutgoingEvent[] =>
  entries.map((entry) =>
    tell(tenantInstanceStatusChanged, entry, `status:${entry.instanceId}:${entry.version}`),
  );
