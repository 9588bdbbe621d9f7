import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiError,
  jetstream,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from 'nats';
import type { ConsumerDefinition } from './consume.ts';
import { openManager } from './ensure-streams.ts';

/** Los nak con espera lo ocupan: con 256 pendientes el servidor deja de entregar. */
const maxAckPending = 256;
/** «consumer already exists» (2.10 y posteriores) y «consumer name already in use». */
const taken: readonly number[] = [10_148, 10_013];

/** Makes the durable on the server, or brings it up to date. */
export async function openDurable(
  connection: NatsConnection,
  { stream, durable, filterSubject }: ConsumerDefinition,
  ackWaitMs: number,
): Promise<Consumer> {
  const manager = await openManager(connection);
  // Sin `backoff`: un nak sin espera no lo respeta y uno con espera lo suma mal. Y sin límite de entregas:
  // un hecho adelantado vuelve muchas veces sin haber fallado; el límite lo lleva quien atiende.
  const config: Partial<ConsumerConfig> = {
    durable_name: durable,
    filter_subject: filterSubject,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: maxAckPending,
    max_deliver: -1,
  };
  try {
    await manager.consumers.add(stream, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && taken.includes(error.code))) throw error;
    await manager.consumers.update(stream, durable, config);
  }
  return await jetstream(connection).consumers.get(stream, durable);
}
