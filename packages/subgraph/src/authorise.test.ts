import { createLogger } from '@farutech/runtime/logger';
import { type ExecutionResult, graphql, parse, subscribe } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../tests/support/quiet-log.ts';
import { operationsOf, unguarded } from './authorise.ts';
import type { FederatedSchema } from './build-schema.ts';
import { openLiveIterators } from './live.ts';
import type { Refusal } from './request-context.ts';
import { buildTinySchema, type TinyContext, viewerWith } from './testing/tiny-subgraph.ts';

let built: FederatedSchema;
beforeAll(async () => {
  built = await buildTinySchema();
});

function world(...roles: Parameters<typeof viewerWith>) {
  const refusals: Refusal[] = [];
  const contextValue: TinyContext = {
    viewer: viewerWith(...roles),
    correlationId: '01890000-0000-7000-8000-000000000000',
    log: quietLog('test'),
    serial: 1,
    auditRefusal: (refusal) => {
      refusals.push(refusal);
      return Promise.resolve();
    },
  };
  return {
    refusals,
    contextValue,
    run: (source: string) => graphql({ schema: built.schema, source, contextValue }),
  };
}

const codes = (result: ExecutionResult) =>
  result.errors?.map(({ originalError }) => (originalError as unknown as { code: string }).code);

describe('la línea de autorización', () => {
  it('deja pasar a quien tiene uno de los papeles', async () => {
    const { run } = world('SUPPORT', 'BILLING');

    expect(await run('{ item(id: "x") { id } }')).toEqual({ data: { item: null } });
  });

  it('niega a los demás con FORBIDDEN antes de mirar los argumentos', async () => {
    const { run } = world('CHILD_APP');

    expect(codes(await run('{ item(id: "x") { id } }'))).toEqual(['FORBIDDEN']);
    expect(codes(await run('mutation { addItem(input: { name: "", price: "1" }) { id } }'))).toEqual([
      'FORBIDDEN',
    ]);
  });

  it('sin ella no pasa nadie, ni el administrador', async () => {
    const { run } = world('PLATFORM_ADMIN');

    expect(codes(await run('{ forgotten }'))).toEqual(['FORBIDDEN']);
  });

  it('una suscripción se niega antes de abrirse', async () => {
    const document = parse('subscription { ticks(upTo: 1) { cursor } }');

    const refused = await subscribe({ schema: built.schema, document, ...world('BILLING') });

    expect(Symbol.asyncIterator in refused).toBe(false);
    expect(codes(refused as ExecutionResult)).toEqual(['FORBIDDEN']);
    expect(openLiveIterators()).toBe(0);
  });

  it('la lista de operaciones dice quién puede, y cuáles no tienen línea', () => {
    expect(unguarded(built.schema)).toEqual(['Query.forgotten']);
    expect(operationsOf(built.schema)).toContainEqual({
      operation: 'Subscription.ticks',
      roles: ['PLATFORM_ADMIN', 'CHILD_APP'],
    });
    expect(operationsOf(built.schema).map(({ operation }) => operation)).not.toContain('Query._entities');
  });
});

describe('las mutaciones negadas', () => {
  it('se anotan con su código y su campo, y llegan igual al cliente', async () => {
    const { run, refusals } = world('PLATFORM_ADMIN');

    const result = await run('mutation { addItem(input: { name: "taken", price: "1" }) { id } }');

    expect(codes(result)).toEqual(['NAME_TAKEN']);
    expect(refusals).toEqual([{ action: 'addItem', code: 'NAME_TAKEN', field: 'name' }]);
  });

  it('también las de quien no puede', async () => {
    const { run, refusals } = world('CHILD_APP');

    await run('mutation { addItem(input: { name: "x", price: "1" }) { id } }');

    expect(refusals).toEqual([{ action: 'addItem', code: 'FORBIDDEN' }]);
  });

  it('que no se puedan anotar no cambia la respuesta', async () => {
    const { contextValue } = world('CHILD_APP');
    const lines: string[] = [];
    const log = createLogger('test', { write: (line) => lines.push(line) });
    const auditRefusal = () => Promise.reject(new Error('no database'));

    const result = await graphql({
      schema: built.schema,
      source: 'mutation { addItem(input: { name: "x", price: "1" }) { id } }',
      contextValue: { ...contextValue, log, auditRefusal },
    });

    expect(codes(result)).toEqual(['FORBIDDEN']);
    expect(lines.join()).toContain('no database');
  });

  it('las consultas negadas no se anotan', async () => {
    const { run, refusals } = world('CHILD_APP');

    await run('{ item(id: "x") { id } }');

    expect(refusals).toEqual([]);
  });
});
