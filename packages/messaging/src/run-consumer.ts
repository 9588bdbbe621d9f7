import { setMaxListeners } from 'node:events';
import { exponential } from '@farutech/kernel/backoff';
import { pause } from '@farutech/kernel/pause';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { LRUCache } from 'lru-cache';
import { AggregateQueues } from './aggregate-queues.ts';
import { type Arrival, readArrival } from './arrival.ts';
import type { ConsumerDefinition, Delivery, RunningConsumer } from './consume.ts';
import { openDurable } from './durable.ts';
import { handleMessage, type Verdict } from './handle-message.ts';
import type { Link } from './link.ts';
import type { MessagingLog } from './log.ts';
import type { MessageReport } from './message-report.ts';
import { databaseRestMs, maxDeliveries, maxOutOfOrder } from './retry-policy.ts';
import { settle } from './settle.ts';
import { openSuspects } from './suspects.ts';

const longestWaitMs = 5_000;
const pullExpiresMs = 30_000;
const pullHeartbeatMs = 5_000;
/** Cuántos mensajes que han de volver se recuerdan: más que max_ack_pending. */
const remembered = 4_096;

/** Lo que este proceso sabe de un mensaje que ya tuvo en la mano. */
interface History {
  /** Llegadas que no cuentan como intento. */
  readonly uncounted: number;
  /** De ellas, las que se adelantaron. */
  readonly early: number;
  readonly lastDelivery: number;
}

/** Un mensaje en la mano. Su plazo se renueva desde que llega, y no desde que se atiende: corre también mientras espera. */
interface Taken {
  readonly message: JsMsg;
  readonly arrival: Arrival;
  readonly heartbeat: NodeJS.Timeout;
  readonly takenAt: number;
}

interface Surroundings {
  readonly link: Link;
  readonly log: MessagingLog;
  readonly report: MessageReport;
  readonly ackWaitMs: number;
}

function deliveryOf(message: JsMsg, arrival: Arrival, attempt: number): Delivery {
  const { envelope } = arrival;
  return {
    messageId: arrival.messageId,
    correlationId: arrival.correlationId,
    ...(envelope?.traceparent !== undefined && { traceparent: envelope.traceparent }),
    attempt,
    occurredAt: new Date(envelope?.occurredAt ?? message.time),
    lastAttempt: attempt >= maxDeliveries,
  };
}

/** Runs the consumer until it is closed: whatever fails under it (connection, stream, durable) is made again. */
export function runConsumer(
  definition: ConsumerDefinition,
  { link, log, report, ackWaitMs }: Surroundings,
): RunningConsumer {
  const stopping = new AbortController();
  // Uno por mensaje que descansa, y no una fuga: sin esto Node avisa a partir de diez.
  setMaxListeners(definition.concurrency * 2 + 10, stopping.signal);
  const queues = new AggregateQueues<Taken>(definition.concurrency, definition.together?.most ?? 1, work);
  const histories = new LRUCache<string, History>({ max: remembered });
  const suspects = openSuspects(definition.durable, definition.stream, link);
  let pull: ConsumerMessages | undefined;
  let stale = false;

  /** Con la conexión ya cerrada la biblioteca lanza, y desde un temporizador eso tumbaría el proceso. */
  function tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      log.debug({ err: error, consumer: definition.durable }, 'the server could not be told');
    }
  }

  /** Mientras la base no contesta, el mensaje se queda en la mano: devolverlo gastaría entregas que nadie falló. */
  async function attend(arrival: Arrival, delivery: Delivery): Promise<Verdict> {
    for (let rests = 0; ; rests += 1) {
      const verdict = await handleMessage(definition, arrival, delivery);
      if (verdict.kind !== 'away' || stopping.signal.aborted) return verdict;
      report.away(arrival, delivery, verdict, rests);
      await pause(databaseRestMs, stopping.signal);
    }
  }

  /** Lo que se decida de un mensaje, dicho al servidor y registrado. */
  async function conclude(
    { message, arrival, heartbeat, takenAt }: Taken,
    delivery: Delivery,
    startedAt: number,
    decide: () => Promise<Verdict>,
  ): Promise<void> {
    let verdict: Verdict = { kind: 'fenced' };
    try {
      verdict = await decide();
      clearInterval(heartbeat);
      await settle({ definition, link, message, arrival, delivery }, verdict);
      report.handled(arrival, delivery, verdict, performance.now() - startedAt, startedAt - takenAt);
    } catch (error) {
      // No se pudo decir al servidor: el mensaje vuelve al acabar su plazo, o antes si esto le llega.
      tell(() => message.nak(longestWaitMs));
      report.unsettled(arrival, delivery, verdict, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  async function workAlone(taken: Taken): Promise<void> {
    const { message, arrival, heartbeat } = taken;
    if (stopping.signal.aborted) {
      clearInterval(heartbeat);
      tell(() => message.nak());
      return;
    }
    const deliveries = message.info.deliveryCount;
    const before = histories.get(arrival.messageId);
    // Más llegadas que fallos caben, y la última no fue cosa de este proceso: otro pudo morir con él en la mano.
    const unexplained =
      deliveries - (before?.uncounted ?? 0) > maxDeliveries && before?.lastDelivery !== deliveries - 1;
    // Cuántas fallaron no se sabe: ni es la primera ni la última.
    const uncounted = unexplained ? deliveries - 2 : (before?.uncounted ?? 0);
    const history = { early: before?.early ?? 0, uncounted, lastDelivery: deliveries };
    histories.set(arrival.messageId, history);
    const delivery = deliveryOf(message, arrival, Math.max(1, deliveries - uncounted));
    const handle = (): Promise<Verdict> => attend(arrival, delivery);
    await conclude(taken, delivery, performance.now(), async () => {
      const verdict = unexplained ? await suspects.attend(message, handle) : await handle();
      if (verdict.kind !== 'early') return verdict;
      histories.set(arrival.messageId, { ...history, early: history.early + 1, uncounted: uncounted + 1 });
      if (history.early < maxOutOfOrder) return verdict;
      return {
        kind: 'dead',
        error: verdict.error,
        reason: { code: 'OUT_OF_ORDER', message: verdict.error.message },
      };
    });
  }

  /** `false`: no se hizo nada. Lo que ya vino otra vez va solo: de lo suyo puede haber culpa, y sus intentos se cuentan. */
  async function workTogether(taken: readonly Taken[]): Promise<boolean> {
    const { together } = definition;
    const [first, ...others] = taken;
    if (together === undefined || first === undefined || others.length === 0) return false;
    if (stopping.signal.aborted) return false;
    const messages = taken.flatMap((one) => {
      const { message, arrival } = one;
      if (message.info.deliveryCount > 1 || arrival.envelope === undefined) return [];
      return [{ taken: one, envelope: arrival.envelope, delivery: deliveryOf(message, arrival, 1) }];
    });
    if (messages.length < taken.length) return false;
    const startedAt = performance.now();
    try {
      await together.handle(first.arrival.aggregateId, messages);
    } catch (error) {
      log.debug(
        { err: error, consumer: definition.durable, messages: messages.length },
        'messages that could not be handled together go one by one',
      );
      return false;
    }
    const done = async (): Promise<Verdict> => ({ kind: 'done' });
    await Promise.all(messages.map((one) => conclude(one.taken, one.delivery, startedAt, done)));
    return true;
  }

  async function work(taken: readonly Taken[]): Promise<void> {
    if (await workTogether(taken)) return;
    for (const one of taken) await workAlone(one);
  }

  function take(message: JsMsg): void {
    const heartbeat = setInterval(() => tell(() => message.working()), ackWaitMs / 3);
    const arrival = readArrival(message);
    queues.add(arrival.aggregateId, { message, arrival, heartbeat, takenAt: performance.now() });
  }

  /**
   * Pide solo lo que cabe. consume() de la biblioteca guarda mensajes en un búfer cuyo plazo corre sin que
   * nadie lo renueve; aquí cada mensaje entregado está ya en manos de `take`.
   */
  async function draw(consumer: Consumer): Promise<void> {
    const room = definition.concurrency * 2;
    while (!stopping.signal.aborted && !stale) {
      if (queues.held >= room) {
        await queues.changed();
        continue;
      }
      pull = await consumer.fetch({
        max_messages: room - queues.held,
        expires: pullExpiresMs,
        idle_heartbeat: pullHeartbeatMs,
      });
      if (stopping.signal.aborted || stale) void pull.close();
      for await (const message of pull) take(message);
    }
  }

  async function supervise(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const connection = await link.connected(stopping.signal);
      if (connection === undefined) return;
      stale = false;
      const startedAt = performance.now();
      try {
        if (failures > 0) await link.ensureStreams();
        const consumer = await openDurable(connection, definition, ackWaitMs);
        log.debug({ consumer: definition.durable, stream: definition.stream }, 'consuming');
        await draw(consumer);
        failures = 0;
      } catch (error) {
        // Quien iba bien un rato empieza a contar de nuevo.
        failures = performance.now() - startedAt > longestWaitMs ? 1 : failures + 1;
        log.warn({ err: error, consumer: definition.durable, failures }, 'consumer interrupted');
        await pause(exponential(failures, 100, longestWaitMs), stopping.signal);
      }
    }
  }

  // Tras una reconexión el servidor puede ser otro: se suelta la petición en curso y se empieza de nuevo.
  const forget = link.onConnected(() => {
    stale = true;
    void pull?.close();
  });
  const ended = supervise();

  return {
    async close() {
      stopping.abort();
      forget();
      void pull?.close();
      await ended;
      while (queues.held > 0) await queues.changed();
    },
  };
}
