import { TransientError } from '@farutech/kernel/errors';
import { connect, type NatsConnection } from 'nats';
import { answerOf } from './ask.ts';

const connectTimeoutMs = 3_000;

/** A connection for somebody who comes, asks and leaves. NATS_UNAVAILABLE when there is nobody. */
export async function visit(servers: string): Promise<NatsConnection> {
  try {
    return await connect({
      servers: servers.split(','),
      name: 'visit',
      timeout: connectTimeoutMs,
      reconnect: false,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TransientError('NATS_UNAVAILABLE', `NATS does not answer at ${servers}: ${why}`, {
      cause: error,
    });
  }
}

/** Asks each question in turn over one connection. UNAVAILABLE when nobody answers in time. */
export async function askEach(
  servers: string,
  subject: string,
  questions: readonly unknown[],
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly unknown[]> {
  const connection = await visit(servers);
  try {
    const answers: unknown[] = [];
    for (const question of questions) answers.push(await answerOf(connection, subject, question, timeoutMs));
    return answers;
  } finally {
    await connection.close();
  }
}
