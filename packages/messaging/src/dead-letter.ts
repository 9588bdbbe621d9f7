import type { Envelope } from '@farutech/contracts/contract';
import { envelope } from '@farutech/contracts/contract';
import { type MessageDeadLettered, messageDeadLettered } from '@farutech/contracts/dead-letter';
import { deadLetterSubject } from '@farutech/contracts/streams';
import { JetStreamApiCodes, JetStreamApiError, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { openManager } from './ensure-streams.ts';
import { headersOf } from './headers.ts';

const publishTimeoutMs = 5_000;
/** Más consumidores distintos no escriben a la vez sobre el mismo asunto. */
const rivals = 5;

const token = (raw: string): string => raw.replace(/[^A-Za-z0-9_-]/g, '-') || 'unknown';

/**
 * Files a message under the dead letters, once for each consumer that gave it up. The subject says which
 * message; several consumers of one message share it, one after the other.
 */
export async function publishDeadLetter(
  connection: NatsConnection,
  letter: MessageDeadLettered,
): Promise<void> {
  const body: Envelope = {
    id: `dlq:${letter.worker}:${letter.messageId}`,
    name: messageDeadLettered.name,
    version: messageDeadLettered.version,
    aggregateId: letter.aggregateId,
    correlationId: letter.correlationId,
    occurredAt: letter.deadLetteredAt,
    data: letter,
  };
  const subject = deadLetterSubject(letter.stream, token(letter.aggregateId), letter.messageId);
  const client = jetstream(connection, { timeout: publishTimeoutMs });
  let lastSubjectSequence = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.publish(subject, JSON.stringify(body), {
        msgID: body.id,
        headers: headersOf(body),
        expect: { lastSubjectSequence },
      });
      return;
    } catch (error) {
      const taken =
        error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
      if (!taken || attempt > rivals) throw error;
    }
    // Ya hay una carta bajo este asunto: nuestra de un intento anterior, o de otro consumidor del mismo hecho.
    const manager = await openManager(connection);
    const last = await manager.streams.getMessage('DLQ', { last_by_subj: subject });
    if (last === null) continue;
    const known = envelope.safeParse(last.json());
    if (known.success && known.data.id === body.id) return;
    lastSubjectSequence = last.seq;
  }
}
