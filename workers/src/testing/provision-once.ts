import { createLogger } from '@farutech/runtime/logger';
import { readConfig } from '../config.ts';
import { provisioning } from '../provisioning/worker.ts';
import { aDelivery } from './provisioning-world.ts';

// Un trabajador de verdad, en un proceso que se puede matar, que atiende una sola orden y dice cómo acabó.
const open = await provisioning.open(readConfig(), createLogger('provision-once'));
const [handler] = open.handlers;
const ended = await handler?.handle(JSON.parse(process.env.REQUEST ?? ''), aDelivery()).then(
  () => 'done',
  (error: Error) => error.name,
);
process.stdout.write(`ended:${ended}\n`);
await open.close();
