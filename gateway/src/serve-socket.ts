import type { Logger } from '@farutech/runtime/logger';
import type { Server } from 'graphql-ws';
import type { WebSocket } from 'ws';

/** Un cliente que se para a leer no contesta pings mientras tanto: se le dan hasta 60 s antes de darlo por muerto. */
const pingEveryMs = 30_000;

/** Un adaptador fino: el protocolo es de graphql-ws, y aquí solo hay bytes, pings y cierres. */
export function serveSocket<E extends { readonly socket: WebSocket }>(
  server: Server<E>,
  extra: E,
  log: Logger,
): void {
  const { socket } = extra;
  // Uno por socket y para siempre: sin oyente, el segundo error de un mismo socket acaba con el proceso.
  socket.on('error', (error) => log.debug({ err: error }, 'client socket failed'));
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const pings = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, pingEveryMs);
  const closed = server.opened(
    {
      protocol: socket.protocol,
      // La promesa se cumple al salir los bytes: es lo que detiene a un lector cuyo cliente no lee.
      send: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) resolve();
          else socket.send(data, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => {
        socket.on('message', (data) => {
          take(String(data)).catch((error: unknown) => {
            // Escribir en un socket que se acaba de cortar no es un fallo nuestro.
            if (socket.readyState !== socket.OPEN) return;
            log.error({ err: error }, 'socket message failed');
            socket.close(4500, 'Internal server error');
          });
        });
      },
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    clearInterval(pings);
    closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'socket close failed'));
  });
}
