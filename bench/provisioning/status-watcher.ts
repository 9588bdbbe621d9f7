import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { eventually } from '../../tests/support/eventually.ts';

interface StatusFrame {
  readonly status: string;
  /** El reloj de tenancy justo antes de su COMMIT. */
  readonly occurredAt: string;
  readonly operation: { readonly id: string; readonly kind: string } | null;
  readonly step: { readonly name: string; readonly state: string } | null;
}

export interface Arrival extends StatusFrame {
  /** Cuándo llegó aquí, en milisegundos desde 1970 y con decimales. */
  readonly arrivedAt: number;
}

export interface StatusWatcher {
  readonly arrivals: readonly Arrival[];
  until(status: string): Promise<void>;
  close(): Promise<void>;
}

const document = `subscription($id: ID!) { provisioningStatus(instanceId: $id) {
  status message occurredAt operation { id kind } step { name state } instance { id }
} }`;

const now = (): number => performance.timeOrigin + performance.now();

/** Un suscriptor de provisioningStatus que apunta la hora de cada marco al llegar. */
export function watchStatus(url: string, token: string, instanceId: string): StatusWatcher {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  const arrivals: Arrival[] = [];
  let failure: unknown;
  client.subscribe<{ provisioningStatus: StatusFrame }>(
    { query: document, variables: { id: instanceId } },
    {
      next({ data, errors }) {
        const arrivedAt = now();
        if (data?.provisioningStatus === undefined) failure = errors;
        else arrivals.push({ ...data.provisioningStatus, arrivedAt });
      },
      error(error) {
        failure = error;
      },
      complete: () => undefined,
    },
  );
  return {
    arrivals,
    until: (status) =>
      eventually(
        () => {
          if (failure !== undefined) throw new Error('la suscripción falló', { cause: failure });
          const last = arrivals.at(-1)?.status;
          if (last !== status) throw new Error(`${instanceId} está ${last} y no ${status}`);
        },
        { withinMs: 30_000, everyMs: 10 },
      ),
    async close() {
      await client.dispose();
    },
  };
}
