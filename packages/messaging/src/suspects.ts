import { type JsMsg, jetstream } from '@nats-io/jetstream';
import { begunStream, begunSubject } from './begun-stream.ts';
import { openManager } from './ensure-streams.ts';
import type { Verdict } from './handle-message.ts';
import type { Link } from './link.ts';

/** Con tantos comienzos sin final, y estando sola cada vez, no hay duda de quién mata. */
const maxDeaths = 3;

const dead = (deaths: number, deliveries: number): Verdict => {
  const message = `${deaths} processes died while they handled it alone; it was delivered ${deliveries} times.`;
  return { kind: 'dead', error: new Error(message), reason: { code: 'CONSUMER_KEEPS_DYING', message } };
};

export interface Suspects {
  /** Handles the message alone among its kind, and notes on the server that it was begun until it ends. */
  attend(message: JsMsg, handle: () => Promise<Verdict>): Promise<Verdict>;
}

/**
 * Messages that came more often than they may fail, without this process knowing why: a process may have died
 * of them. What is noted on the server outlives the next death; who shared the process with a killer ends well
 * when its turn comes.
 */
export function openSuspects(durable: string, stream: string, link: Link): Suspects {
  let turn: Promise<unknown> = Promise.resolve();

  async function attendNow(message: JsMsg, handle: () => Promise<Verdict>): Promise<Verdict> {
    const connection = link.current();
    const manager = await openManager(connection);
    const subject = begunSubject(durable, stream, message.info.streamSequence);
    const noted = await manager.streams.getMessage(begunStream.name, { last_by_subj: subject });
    const deaths = noted === null ? 0 : Number(noted.string());
    if (deaths < maxDeaths) await jetstream(connection).publish(subject, `${deaths + 1}`);
    const verdict = deaths < maxDeaths ? await handle() : dead(deaths, message.info.deliveryCount);
    await manager.streams.purge(begunStream.name, { filter: subject });
    return verdict;
  }

  return {
    attend(message, handle) {
      const mine = turn.then(() => attendNow(message, handle));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
