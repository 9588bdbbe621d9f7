import type { Envelope } from '@farutech/contracts/contract';
import { jetstream } from '@nats-io/jetstream';
import { answer, ask } from './ask.ts';
import type { ConsumerDefinition, RunningConsumer } from './consume.ts';
import { openManager } from './ensure-streams.ts';
import { type FollowDefinition, runFollow } from './follow.ts';
import { headersOf } from './headers.ts';
import { openLink } from './link.ts';
import type { MessagingLog } from './log.ts';
import { createMessageReport } from './message-report.ts';
import type { MessagingMetrics } from './metrics.ts';
import { runConsumer } from './run-consumer.ts';

const defaultAckWaitMs = 30_000;
/** El relevo suma este plazo al suyo y ambos caben en los 3 s que el servidor SQL le deja estar parado. */
const publishTimeoutMs = 2_000;

export interface WireMessage {
  readonly subject: string;
  /** Its `id` is the message id: told twice within ten minutes, it arrives once. */
  readonly envelope: Envelope;
}

export interface Messaging {
  /** Resolves when JetStream has stored it. Rejects at once while NATS is away. */
  publish(message: WireMessage): Promise<void>;
  /** DomainError UNAVAILABLE when nobody answers in time. */
  request(subject: string, data: unknown, options: { readonly timeoutMs: number }): Promise<unknown>;
  /** Answers requests on `subject`; processes that do so share them. */
  reply(subject: string, handle: (data: unknown) => Promise<unknown>): void;
  consume(definition: ConsumerDefinition): RunningConsumer;
  follow(definition: FollowDefinition): RunningConsumer;
  /** Rejects while JetStream cannot be used. For readiness. */
  check(): Promise<void>;
  /** Takes nothing new and lets what is at work end; publishing goes on. The outbox can be emptied after it. */
  stopConsuming(): Promise<void>;
  /** Lets what is at work end, then leaves. */
  close(): Promise<void>;
}

export interface MessagingOptions {
  /** `nats://…`, or several, as a list or separated by commas. */
  readonly servers: string | readonly string[];
  /** Of the process, as the server's monitoring shows it. */
  readonly name: string;
  readonly log: MessagingLog;
  /** How long a silent consumer keeps a message before another gets it. 30 s. */
  readonly ackWaitMs?: number;
  readonly metrics?: MessagingMetrics;
  /** The connection has ended for good. By default the process ends itself in order, with exit code 1. */
  onLost?(): void;
}

function endProcess(): void {
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}

/** Returns at once; connects in the background, for ever, and makes the streams that are missing. */
export function openMessaging(options: MessagingOptions): Messaging {
  const { servers, name, log, metrics, ackWaitMs = defaultAckWaitMs, onLost = endProcess } = options;
  const link = openLink({ servers, name, log, onLost });
  const open = new Set<RunningConsumer>();

  const keep = (running: RunningConsumer): RunningConsumer => {
    const kept = {
      async close() {
        open.delete(kept);
        await running.close();
      },
    };
    open.add(kept);
    return kept;
  };

  async function stopConsuming(): Promise<void> {
    await Promise.all([...open].map((running) => running.close()));
  }

  async function store({ subject, envelope }: WireMessage): Promise<void> {
    await jetstream(link.current()).publish(subject, JSON.stringify(envelope), {
      msgID: envelope.id,
      headers: headersOf(envelope),
      timeout: publishTimeoutMs,
    });
  }

  return {
    async publish(message) {
      try {
        await store(message);
      } catch (error) {
        // Nadie guarda este asunto: el stream se ha perdido (o aún no existe). Se hace de nuevo y se repite una vez.
        const unheard = error instanceof Error && error.name === 'JetStreamNotEnabled';
        if (!unheard) throw error;
        await link.ensureStreams();
        await store(message);
      }
    },
    request: (subject, data, { timeoutMs }) => ask(link, subject, data, timeoutMs),
    reply(subject, handle) {
      keep(answer(link, log, subject, handle));
    },
    consume: (definition) =>
      keep(
        runConsumer(definition, {
          link,
          log,
          ackWaitMs,
          report: createMessageReport(definition.durable, log, metrics),
        }),
      ),
    follow: (definition) => keep(runFollow(definition, { link, log })),
    async check() {
      const manager = await openManager(link.current());
      await manager.getAccountInfo();
    },
    stopConsuming,
    async close() {
      link.leave();
      await stopConsuming();
      await link.close();
    },
  };
}
