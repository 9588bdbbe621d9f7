import type { Viewer } from '@farutech/kernel/viewer';
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { tenancyReads } from '../persistence/queries/tenancy-reads.ts';
import { operatorCause, viewerOf } from '../testing/builders.ts';
import { noTenants } from '../testing/no-tenants.ts';
import type { Data } from '../testing/tenancy-client.ts';
import { startTenancyDatabase, type TenancyDatabase, testCipher } from '../testing/tenancy-database.ts';
import { unwiredParts } from '../testing/unwired-parts.ts';
import { keepDeadLetter } from '../use-cases/keep-dead-letter.ts';
import type { TenancyContext } from './context.ts';
import { buildTenancySchema } from './schema.ts';

const log = quietLog('tenancy-test');
const clock = (): Date => new Date();
const admin = viewerOf('PLATFORM_ADMIN');
let database: TenancyDatabase;
let schema: GraphQLSchema;

beforeAll(async () => {
  database = await startTenancyDatabase();
  const { unitOfWork } = database;
  ({ schema } = await buildTenancySchema({ ...unwiredParts, unitOfWork, newId, clock }));
  for (const [n, worker] of ['billing', 'subscription-status', 'billing'].entries()) {
    const messageId = `m-${n}`;
    const aggregateId = newId();
    const correlationId = newId();
    const occurredAt = new Date(Date.UTC(2026, 2, 1, 10, n)).toISOString();
    const letter = {
      messageId,
      worker,
      stream: 'EVENT' as const,
      subject: `farutech.event.probe.Noted.${aggregateId}`,
      aggregateId,
      correlationId,
      attempts: 5,
      code: 'DISK_FULL',
      reason: 'no space',
      payload: {
        id: messageId,
        name: 'Noted',
        version: 1,
        aggregateId,
        correlationId,
        occurredAt,
        data: { n },
      },
      deadLetteredAt: occurredAt,
    };
    await keepDeadLetter({ unitOfWork, newId, clock }, { ...operatorCause, messageId }, letter);
  }
}, 60_000);
afterAll(() => database.close());

async function ask(source: string, viewer: Viewer = admin, variableValues: Record<string, unknown> = {}) {
  const open = () => tenancyReads(database.prisma, testCipher, viewer, noTenants);
  const context: TenancyContext = {
    viewer,
    correlationId: newId(),
    log,
    reads: open(),
    renewReads() {
      context.reads = open();
      return context.reads;
    },
    auditRefusal: async () => undefined,
  };
  const answer: ExecutionResult = await graphql({ schema, source, contextValue: context, variableValues });
  return {
    data: answer.data as Data,
    codes:
      answer.errors?.map(({ originalError }) => (originalError as { code?: string } | undefined)?.code) ?? [],
  };
}

const list = `query ($first: Int, $after: String, $worker: String) {
  deadLetters(first: $first, after: $after, worker: $worker) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id worker subject attempts code reason payload replays replayedAt discardedAt } } } }`;
const one = 'query ($id: ID!) { deadLetter(id: $id) { id worker payload } }';
const replay = 'mutation ($id: ID!) { replayDeadLetter(id: $id) { id replays replayedAt discardedAt } }';
const discard = `mutation ($id: ID!, $reason: String!) { discardDeadLetter(id: $id, reason: $reason) { id discardedAt } }`;
const open = '{ overview { openDeadLetters } }';

const idOf = async (messageId: string): Promise<string> =>
  (await database.prisma.deadLetter.findFirstOrThrow({ where: { messageId } })).id;

describe('las cartas muertas', () => {
  it('se leen de la más nueva a la más vieja, con el mensaje dentro, por páginas y por consumidor', async () => {
    const first = (await ask(list, viewerOf('SUPPORT'), { first: 2 })).data.deadLetters;

    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(first.edges.map(({ node }: Data) => node.payload.data.n)).toEqual([2, 1]);
    const rest = (await ask(list, admin, { first: 2, after: first.pageInfo.endCursor })).data.deadLetters;
    expect(rest.edges).toMatchObject([
      {
        node: {
          worker: 'billing',
          attempts: 5,
          code: 'DISK_FULL',
          reason: 'no space',
          replays: 0,
          replayedAt: null,
        },
      },
    ]);
    const ofBilling = (await ask(list, admin, { worker: 'billing' })).data.deadLetters;
    expect([ofBilling.totalCount, ofBilling.edges.length]).toEqual([2, 2]);
  });

  it('se lee una sola por su id; el que no es de ninguna, o no es un id, no da nada', async () => {
    const id = await idOf('m-1');
    const read = async (given: string) =>
      (await ask(one, viewerOf('SUPPORT'), { id: given })).data.deadLetter;

    expect(await read(id)).toMatchObject({ id, worker: 'subscription-status', payload: { data: { n: 1 } } });
    expect([await read(newId()), await read('x')]).toEqual([null, null]);
  });

  it('las ve quien da soporte; enviarlas o descartarlas, solo quien administra', async () => {
    const variables = { id: await idOf('m-0'), reason: 'no' };

    expect((await ask(list, viewerOf('BILLING'))).codes).toEqual(['FORBIDDEN']);
    expect((await ask(one, viewerOf('BILLING'), variables)).codes).toEqual(['FORBIDDEN']);
    expect((await ask(replay, viewerOf('SUPPORT'), variables)).codes).toEqual(['FORBIDDEN']);
    expect((await ask(discard, viewerOf('SUPPORT'), variables)).codes).toEqual(['FORBIDDEN']);
  });

  it('enviarla otra vez la cierra y deja su mensaje en el buzón, una vez por muchos clics a la vez que se den', async () => {
    const id = await idOf('m-1');

    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(replay, admin, { id })));

    expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
    expect(answers.map(({ data }) => data.replayDeadLetter.replays)).toEqual(Array(8).fill(1));
    const letter = await database.prisma.deadLetter.findUniqueOrThrow({ where: { id } });
    expect(
      await database.prisma.outbox.findMany({ where: { messageId: { startsWith: 'replay:' } } }),
    ).toMatchObject([
      {
        messageId: `replay:${id}:1`,
        subject: letter.subject,
        name: 'Noted',
        version: 1,
        data: { n: 1 },
        correlationId: letter.correlationId,
        sentAt: null,
      },
    ]);
    expect(await database.prisma.auditEntry.count({ where: { action: 'replayDeadLetter' } })).toBe(1);
    expect((await ask(open)).data.overview.openDeadLetters).toBe(2);
  });

  it('descartada ya no se puede enviar ni descartar', async () => {
    const id = await idOf('m-2');

    expect(
      (await ask(discard, admin, { id, reason: 'de una prueba' })).data.discardDeadLetter.discardedAt,
    ).not.toBeNull();

    expect((await ask(discard, admin, { id, reason: 'otra vez' })).codes).toEqual(['ILLEGAL_TRANSITION']);
    expect((await ask(replay, admin, { id })).codes).toEqual(['ILLEGAL_TRANSITION']);
    expect((await ask(replay, admin, { id: newId() })).codes).toEqual(['NOT_FOUND']);
    expect((await ask(replay, admin, { id: 'x' })).codes).toEqual(['VALIDATION_FAILED']);
    expect((await ask(open)).data.overview.openDeadLetters).toBe(1);
  });
});
