import { DomainError } from '@farutech/kernel/errors';
import { headers, type Msg, type NatsConnection, type Subscription } from 'nats';
import type { Link } from './link.ts';
import type { MessagingLog } from './log.ts';

const failureHeader = 'x-failure';

const unavailable = (cause: unknown): DomainError =>
  Object.assign(new DomainError('UNAVAILABLE', 'A service that is needed does not answer. Try again.'), {
    cause,
  });

/** The answer of whoever answers on `subject`. UNAVAILABLE when nobody does in time, or the answerer failed. */
export async function answerOf(
  connection: NatsConnection,
  subject: string,
  data: unknown,
  timeoutMs: number,
): Promise<unknown> {
  let answer: Msg;
  try {
    answer = await connection.request(subject, JSON.stringify(data), { timeout: timeoutMs });
  } catch (error) {
    throw unavailable(error);
  }
  const failure = answer.headers?.get(failureHeader);
  if (failure) throw unavailable(new Error(`${subject}: ${failure}`));
  return answer.json();
}

/** The same over the connection of this process: UNAVAILABLE, too, while it has none. */
export async function ask(link: Link, subject: string, data: unknown, timeoutMs: number): Promise<unknown> {
  let connection: NatsConnection;
  try {
    connection = link.current();
  } catch (error) {
    throw unavailable(error);
  }
  return await answerOf(connection, subject, data, timeoutMs);
}

/** Answers on `subject`, from the first connection on. Processes that answer on one subject share the questions. */
export function answer(
  link: Link,
  log: MessagingLog,
  subject: string,
  handle: (data: unknown) => Promise<unknown>,
): { close(): Promise<void> } {
  const stopping = new AbortController();
  const atWork = new Set<Promise<void>>();
  let subscription: Subscription | undefined;

  async function respond(question: Msg): Promise<void> {
    try {
      question.respond(JSON.stringify((await handle(question.json())) ?? null));
    } catch (error) {
      log.error({ err: error, subject }, 'question could not be answered');
      const failed = headers();
      failed.set(failureHeader, 'failed');
      question.respond('', { headers: failed });
    }
  }

  const started = link.connected(stopping.signal).then((connection) => {
    subscription = connection?.subscribe(subject, {
      queue: subject,
      callback: (error, question) => {
        if (error !== null) {
          log.error({ err: error, subject }, 'questions cannot be received');
          return;
        }
        const responding = respond(question).finally(() => atWork.delete(responding));
        atWork.add(responding);
      },
    });
  });

  return {
    async close() {
      stopping.abort();
      await started;
      subscription?.unsubscribe();
      await Promise.all(atWork);
    },
  };
}
