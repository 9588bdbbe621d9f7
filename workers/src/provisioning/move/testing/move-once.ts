import { createLogger } from '@farutech/runtime/logger';
import pg from 'pg';
import { readConfig } from '../../../config.ts';
import { aDelivery } from '../../../testing/provisioning-world.ts';
import { provisioning } from '../../worker.ts';
import type { Death } from './mover-process.ts';

// Un trabajador de verdad que atiende una orden y muere, o se para, en una sentencia: antes o después de ella, o de
// la confirmación que la sigue.
const { sql, when, commit, nth = 1, signal = 'SIGKILL' } = JSON.parse(process.env.DEATH ?? '{}') as Death;
const pattern = new RegExp(sql);
let seen = 0;

type Query = (...args: unknown[]) => unknown;
const client = pg.Client.prototype as unknown as { query: Query };
const query = client.query;
const die = (): void => void process.kill(process.pid, signal);

client.query = function (this: unknown, ...args: unknown[]) {
  const text = typeof args[0] === 'string' ? args[0] : '';
  if (pattern.test(text)) seen += 1;
  const here = seen === nth && (commit ? text === 'COMMIT' : pattern.test(text));
  if (!here) return query.apply(this, args);
  if (when === 'before') {
    seen += 1;
    die();
    return query.apply(this, args);
  }
  const done = query.apply(this, args) as Promise<unknown>;
  return done.then((result) => {
    seen += 1;
    die();
    return result;
  });
};

const open = await provisioning.open(readConfig(), createLogger('move-once'));
const handler = open.handlers.find(({ name }) => name === process.env.ORDER);
const ended = await handler?.handle(JSON.parse(process.env.REQUEST ?? ''), aDelivery()).then(
  () => 'done',
  (error: Error) => error.name,
);
process.stdout.write(`ended:${ended}\n`);
await open.close();
