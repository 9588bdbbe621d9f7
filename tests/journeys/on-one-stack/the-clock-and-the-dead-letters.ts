import { randomUUID } from 'node:crypto';
import { planSubscriptionActivated } from '@farutech/contracts/subscription';
import { expect, it } from 'vitest';
import { openMessaging } from '../../../packages/messaging/src/connection.ts';
import { recordingLog } from '../../../packages/messaging/src/testing/messaging-probe.ts';
import { farutech, farutechJson } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import { sharedStack } from '../../support/shared-stack.ts';

interface Task {
  readonly owner: string;
  readonly name: string;
  readonly runs: number;
  readonly lastOutcome: string | null;
  readonly lastResult: string | null;
}
interface Letter {
  readonly id: string;
  readonly code: string;
  readonly subject: string;
  readonly replays: number;
  readonly replayedAt: string | null;
  readonly discardedAt: string | null;
  readonly payload: { readonly data: { readonly instanceId: string } };
}

const worker = 'tenancy-subscription';

it('enseña lo que se hace por reloj y lo hace ahora mismo si se le pide', async () => {
  const { env } = sharedStack();

  const { tasks } = await farutechJson<{ tasks: Task[] }>(env, ['schedule', 'ls']);
  const names = tasks.map(({ owner, name }) => `${owner} ${name}`);
  for (const owner of ['catalog', 'tenancy', 'subscription', 'workers'])
    expect(names).toContain(`${owner} prune`);
  expect(names).toEqual(expect.arrayContaining(['tenancy sweep', 'tenancy confirm-moves']));

  const { task } = await farutechJson<{ task: Task }>(env, [
    'schedule',
    'run',
    'prune',
    '--owner',
    'subscription',
  ]);
  expect(task).toMatchObject({
    lastOutcome: 'DONE',
    lastResult: expect.stringContaining('rows deleted: outbox'),
  });
  const before = tasks.find(({ owner, name }) => owner === 'subscription' && name === 'prune');
  expect(task.runs).toBeGreaterThan(before?.runs ?? 0);

  const swept = await farutech(env, ['schedule', 'run', 'sweep']);
  expect([swept.code, swept.out]).toEqual([
    0,
    expect.stringMatching(/did +rung 0, given up 0, told again 0/),
  ]);
  const whose = await farutech(env, ['schedule', 'run', 'prune']);
  expect([whose.code, whose.err]).toEqual([1, expect.stringContaining('--owner')]);
  const nothing = await farutech(env, ['schedule', 'run', 'siesta']);
  expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('siesta')]);
}, 90_000);

/** La suscripción de una instancia que nadie vendió: tenancy no puede hacer nada con ella. */
async function loseOne(natsUrl: string): Promise<string> {
  const instanceId = randomUUID();
  const data = {
    subscriptionId: randomUUID(),
    instanceId,
    customerId: randomUUID(),
    planId: randomUUID(),
    planCode: 'NADA',
    planVersion: 1,
    maxUsers: 1,
    activatedAt: new Date().toISOString(),
  };
  const messaging = openMessaging({ servers: natsUrl, name: 'prueba', log: recordingLog() });
  await eventually(() => messaging.check());
  const id = randomUUID();
  await messaging.publish({
    subject: planSubscriptionActivated.subject(data),
    envelope: {
      id,
      name: planSubscriptionActivated.name,
      version: 1,
      aggregateId: instanceId,
      correlationId: randomUUID(),
      occurredAt: new Date().toISOString(),
      data,
    },
  });
  await messaging.close();
  return instanceId;
}

it('un mensaje dado por perdido se ve, se lee entero, se reenvía, y se descarta con una razón', async () => {
  const stack = sharedStack();
  const { env } = stack;
  const instanceId = await loseOne(stack.file().natsUrl);
  const operator = await stack.as('operator@farutech.test');
  const find = async (): Promise<Letter> => {
    const { deadLetters } = await operator.get<{ deadLetters: { edges: { node: Letter }[] } }>(
      `query ($worker: String) { deadLetters(first: 100, worker: $worker) { edges { node {
         id code subject replays replayedAt discardedAt payload } } } }`,
      { worker },
    );
    const found = deadLetters.edges.find(({ node }) => node.payload.data.instanceId === instanceId);
    if (found === undefined) throw new Error('la carta aún no está');
    return found.node;
  };
  const { id, subject, code } = await eventually(find, { withinMs: 20_000, everyMs: 200 });
  expect(code).toBe('INSTANCE_UNKNOWN');

  const shown = await farutech(env, ['dlq', 'show', id]);
  expect(shown.out).toContain(subject);
  expect(shown.out).toContain(`"instanceId": "${instanceId}"`);

  // Nada ha cambiado, así que vuelve: es la misma carta, otra vez abierta.
  expect((await farutech(env, ['dlq', 'replay', id])).out).toContain('sent again (replay 1)');
  await eventually(async () => expect(await find()).toMatchObject({ id, replays: 1, replayedAt: null }), {
    withinMs: 20_000,
    everyMs: 200,
  });

  expect((await farutech(env, ['dlq', 'discard', id])).code).toBe(2);
  expect((await farutech(env, ['dlq', 'discard', id, '--reason', 'de una prueba'])).code).toBe(0);
  const refused = await farutech(env, ['dlq', 'replay', id]);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('ILLEGAL_TRANSITION')]);
  const all = await farutechJson<{ deadLetters: Letter[] }>(env, ['dlq', 'ls', '--worker', worker]);
  expect(all.deadLetters.map((letter) => letter.id)).toContain(id);
  const open = await farutechJson<{ deadLetters: Letter[] }>(env, [
    'dlq',
    'ls',
    '--open',
    '--worker',
    worker,
  ]);
  expect(open.deadLetters.map((letter) => letter.id)).not.toContain(id);
}, 90_000);
