import { envelope } from '@farutech/contracts/contract';
import type { StreamName } from '@farutech/contracts/streams';
import { exponential } from '@farutech/kernel/backoff';
import { pause } from '@farutech/kernel/pause';
import { type ConsumerMessages, DeliverPolicy, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Handler, RunningConsumer } from './consume.ts';
import type { Link } from './link.ts';
import type { MessagingLog } from './log.ts';

const longestWaitMs = 2_000;
/** Con dos latidos perdidos, unos 5 s, se da por muerto al consumidor. */
const heartbeatMs = 2_500;

/**
 * Every process that follows sees every message from now on, in the order of the stream, without
 * acknowledgement: for what lives in memory. What must not be missed is a row; `onGap` says when to read it.
 */
export interface FollowDefinition {
  readonly stream: StreamName;
  /** One subject, wildcards allowed. */
  readonly filterSubject: string;
  /** Called one after the other. One that rejects is logged and the next message goes on. */
  readonly handlers: readonly Handler[];
  /** Called each time that following begins, the first included: messages before it may have been missed. */
  onGap?(): void | Promise<void>;
}

export function runFollow(
  definition: FollowDefinition,
  { link, log }: { readonly link: Link; readonly log: MessagingLog },
): RunningConsumer {
  const { stream, filterSubject, handlers } = definition;
  const stopping = new AbortController();
  let messages: ConsumerMessages | undefined;
  let stale = false;

  async function take(message: JsMsg): Promise<void> {
    try {
      const arrived = envelope.parse(message.json());
      const handler = handlers.find((one) => one.name === arrived.name && one.version === arrived.version);
      await handler?.handle(arrived.data, {
        messageId: arrived.id,
        correlationId: arrived.correlationId,
        ...(arrived.traceparent !== undefined && { traceparent: arrived.traceparent }),
        attempt: 1,
        occurredAt: new Date(arrived.occurredAt),
        lastAttempt: true,
      });
    } catch (error) {
      log.error({ err: error, subject: message.subject }, 'followed message failed');
    }
  }

  async function supervise(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const connection = await link.connected(stopping.signal);
      if (connection === undefined) return;
      stale = false;
      try {
        if (failures > 0) await link.ensureStreams();
        // El texto, no la lista: el servidor 2.9 rechaza filter_subjects como lista.
        const consumer = await jetstream(connection).consumers.get(stream, {
          filter_subjects: filterSubject,
          deliver_policy: DeliverPolicy.New,
        });
        messages = await consumer.consume({ abort_on_missing_resource: true, idle_heartbeat: heartbeatMs });
        // Después de apuntarse: lo que ocurra mientras se leen las filas ya llega por aquí.
        await definition.onGap?.();
        failures = 0;
        if (stopping.signal.aborted || stale) void messages.close();
        for await (const message of messages) await take(message);
      } catch (error) {
        failures += 1;
        void messages?.close();
        log.warn({ err: error, stream, filterSubject, failures }, 'follower interrupted');
        await pause(exponential(failures, 100, longestWaitMs), stopping.signal);
      }
    }
  }

  // La biblioteca seguiría desde la secuencia que vio; tras perder el almacén esa secuencia no existe.
  const forget = link.onConnected(() => {
    stale = true;
    void messages?.close();
  });
  const ended = supervise();

  return {
    async close() {
      stopping.abort();
      forget();
      void messages?.close();
      await ended;
    },
  };
}
