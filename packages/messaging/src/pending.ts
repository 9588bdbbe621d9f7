import { openManager } from './ensure-streams.ts';
import { visit } from './visit.ts';
import { visitDatabase } from './visit-database.ts';

export interface ConsumerPending {
  readonly stream: string;
  readonly durable: string;
  readonly filterSubject: string;
  /** Kept by the server and not yet handed out. */
  readonly waiting: number;
  /** Handed out, and nobody has said yet that it is done: at work, or resting before another attempt. */
  readonly atWork: number;
}

/**
 * What every durable consumer still has before it, by its name. A connection of its own, closed at the end.
 * A durable that the server does not know (its store was wiped a moment ago) is not in the list.
 */
export async function pendingOf(servers: string): Promise<readonly ConsumerPending[]> {
  const connection = await visit(servers);
  try {
    const manager = await openManager(connection);
    const found: ConsumerPending[] = [];
    for await (const { config } of manager.streams.list()) {
      for await (const consumer of manager.consumers.list(config.name)) {
        const durable = consumer.config.durable_name;
        // Los que siguen el directo no son durables: mueren con su proceso y no deben nada a nadie.
        if (durable === undefined) continue;
        found.push({
          stream: config.name,
          durable,
          filterSubject: consumer.config.filter_subject ?? '',
          waiting: consumer.num_pending,
          atWork: consumer.num_ack_pending,
        });
      }
    }
    return found.toSorted((a, b) => (a.durable < b.durable ? -1 : 1));
  } finally {
    await connection.close();
  }
}

/** Rows of an outbox that JetStream has not stored yet. */
export const unsentOf = (connectionString: string): Promise<number> =>
  visitDatabase(connectionString, 'pending', async (client) => {
    const { rows } = await client.query<{ unsent: number }>(
      'SELECT count(*)::int AS unsent FROM outbox WHERE sent_at IS NULL',
    );
    return rows[0]?.unsent ?? 0;
  });
