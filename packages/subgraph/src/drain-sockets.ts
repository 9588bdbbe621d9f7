import type { WebSocket, WebSocketServer } from 'ws';
import type { EventStream } from './event-stream.ts';

/** Bastante para despedirse; el proceso entero tiene diez segundos. */
const graceMs = 2_000;
const goingAway = 1001;

const closed = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

/**
 * Sends every client elsewhere: close code 1001, never a `complete`, which would tell the gateway that the
 * stream had come to its end instead of making it resume at another replica. Waits until the streams are shut.
 */
export async function drainSockets(
  server: WebSocketServer,
  live: ReadonlySet<EventStream>,
  limitMs = graceMs,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  const goodbyes = [...server.clients].map((socket) => {
    const gone = closed(socket);
    socket.close(goingAway, 'Going away');
    return gone;
  });
  await Promise.race([Promise.all(goodbyes), limit]);
  await Promise.race([Promise.all([...live].map((stream) => stream.return(undefined))), limit]);
  clearTimeout(timer);
  for (const socket of server.clients) socket.terminate();
  server.close();
}
