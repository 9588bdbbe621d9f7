import { writeSync } from 'node:fs';
import { openMessaging } from '../connection.ts';
import { on } from '../consume.ts';
import { noted, recordingLog } from './messaging-probe.ts';

// Un proceso que atiende lo que llega y muere, sin despedirse, cada vez que le toca el mensaje 0.
const messaging = openMessaging({
  servers: process.env.NATS_URL ?? '',
  name: 'mortal',
  log: recordingLog(),
  ackWaitMs: 500,
});
messaging.consume({
  durable: 'mortal',
  stream: 'EVENT',
  filterSubject: 'farutech.event.probe.>',
  concurrency: 4,
  handlers: [
    on(noted, async ({ n }) => {
      if (n === 0) process.kill(process.pid, 'SIGKILL');
      writeSync(1, `${n}\n`);
    }),
  ],
});
