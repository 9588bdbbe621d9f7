import WebSocket from 'ws';
import type { ApiError } from './api.ts';

/** Cómo acabó: el servidor terminó, el socket se perdió, o un rechazo con su código. */
type LiveEnd = { kind: 'complete' } | { kind: 'lost'; code: number } | { kind: 'refused'; error: ApiError };

export interface LiveSession<Frame> {
  readonly frames: readonly Frame[];
  readonly ended: Promise<LiveEnd>;
  /** El marco que cumple la condición, ya llegado o por llegar. */
  until(condition: (frame: Frame) => boolean, limitMs?: number): Promise<Frame>;
  /** Como tirar del cable. */
  cut(): void;
}

interface Message {
  readonly type: string;
  readonly payload?: { data?: Record<string, unknown> | null; errors?: ApiError[] } & ApiError[];
}

/** El protocolo graphql-transport-ws a pelo: entre la prueba y el gateway no hay biblioteca que reintente. */
export function openLiveSession<Frame>(options: {
  url: string;
  token: string;
  query: string;
  variables: Record<string, unknown>;
}): LiveSession<Frame> {
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let finish: (end: LiveEnd) => void = () => undefined;
  const ended = new Promise<LiveEnd>((resolve) => {
    finish = resolve;
  });
  const socket = new WebSocket(options.url, 'graphql-transport-ws');
  const send = (message: object): void => socket.send(JSON.stringify(message));
  socket.on('error', () => undefined);
  socket.on('close', (code) => finish({ kind: 'lost', code }));
  socket.on('open', () =>
    send({ type: 'connection_init', payload: { authorization: `Bearer ${options.token}` } }),
  );
  socket.on('message', (raw) => {
    const message = JSON.parse(raw.toString()) as Message;
    const { payload } = message;
    if (message.type === 'connection_ack') {
      send({ id: '1', type: 'subscribe', payload: { query: options.query, variables: options.variables } });
    }
    if (message.type === 'ping') send({ type: 'pong' });
    if (message.type === 'complete') finish({ kind: 'complete' });
    const refused = message.type === 'error' ? payload?.[0] : payload?.errors?.[0];
    if (refused !== undefined && (message.type === 'error' || message.type === 'next')) {
      finish({ kind: 'refused', error: refused });
    } else if (message.type === 'next') {
      frames.push(Object.values(payload?.data ?? {})[0] as Frame);
    }
    for (const look of waiting) look();
  });

  return {
    frames,
    ended,
    until(condition, limitMs = 30_000) {
      return new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (): void => {
          const found = frames.find(condition);
          if (found === undefined) return;
          done();
          resolve(found);
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`no llegó en ${limitMs} ms; lo recibido: ${JSON.stringify(frames)}`));
        }, limitMs);
        waiting.add(look);
        void ended.then((end) => {
          look();
          if (!waiting.has(look)) return;
          done();
          reject(new Error(`la suscripción acabó antes: ${JSON.stringify(end)}`));
        });
        look();
      });
    },
    cut: () => socket.terminate(),
  };
}
