import { createLogger } from '@farutech/runtime/logger';
import pg from 'pg';
import { readConfig } from '../../../config.ts';
import { aDelivery } from '../../../testing/provisioning-world.ts';
import { provisioning } from '../../worker.ts';
import type { Death, Ended, GivenOrder } from './mover-process.ts';

// Un trabajador de verdad que atiende las órdenes que le llegan. Con DEATH muere, o se para, en una sentencia: antes o
// después de ella, o de la confirmación que la sigue.
function dieAt({ sql, when, commit, signal = 'SIGKILL' }: Death): void {
  const pattern = new RegExp(sql);
  type Query = (...args: unknown[]) => unknown;
  const client = pg.Client.prototype as unknown as { query: Query };
  const query = client.query;
  let state: 'waiting' | 'seen' | 'dead' = 'waiting';
  const die = (): void => {
    state = 'dead';
    process.kill(process.pid, signal);
  };

  client.query = function (this: unknown, ...args: unknown[]) {
    const text = typeof args[0] === 'string' ? args[0] : '';
    const matches = state === 'waiting' && pattern.test(text);
    if (matches) state = 'seen';
    const here = commit ? state === 'seen' && text === 'COMMIT' : matches;
    if (!here) return query.apply(this, args);
    if (when === 'before') {
      die();
      return query.apply(this, args);
    }
    const done = query.apply(this, args) as Promise<unknown>;
    return done.then((result) => {
      die();
      return result;
    });
  };
}

if (process.env.DEATH !== undefined) dieAt(JSON.parse(process.env.DEATH) as Death);
const open = await provisioning.open(readConfig(), createLogger('move-on-order'));

async function handle({ name, data }: GivenOrder): Promise<void> {
  const handler = open.handlers.find((one) => one.name === name);
  const ended = await handler?.handle(data, aDelivery()).then(
    () => 'done',
    (error: Error) => error.name,
  );
  process.send?.({ ended: `${ended}` } satisfies Ended);
}
process.on('message', (order: GivenOrder) => void handle(order));
process.on('disconnect', () => void open.close());
