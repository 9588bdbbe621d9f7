import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAt, parsePage, toConnection } from './connection.ts';

const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    const { code, field } = error as { code: string; field: string };
    return { code, field };
  }
  return undefined;
};

const id = '01890000-0000-7000-8000-000000000001';
const encode = (text: string) => Buffer.from(text).toString('base64url');

describe('la página pedida', () => {
  it.each([1, 50, 100])('admite first = %d', (first) => {
    expect(parsePage({ first })).toEqual({ first, after: null });
  });

  it.each([0, -1, 101, 1.5, Number.NaN, null, undefined])('rechaza first = %s', (first) => {
    expect(refusal(() => parsePage({ ...(first !== undefined && { first }) }))).toEqual({
      code: 'VALIDATION_FAILED',
      field: 'first',
    });
  });

  it.each([
    ['vacío', ''],
    ['basura', 'no-es-un-cursor'],
    ['otra versión', encode(`v2:2026-01-01T00:00:00.000Z:${id}`)],
    ['una fecha imposible', encode(`v1:2026-13-41T00:00:00.000Z:${id}`)],
    ['un id que no es UUID', encode("v1:2026-01-01T00:00:00.000Z:' or 1=1")],
    ['sin id', encode('v1:2026-01-01T00:00:00.000Z:')],
  ])('rechaza un cursor %s', (_name, after) => {
    expect(refusal(() => parsePage({ first: 1, after }))).toEqual({ code: 'INVALID_CURSOR', field: 'after' });
  });

  it('cualquier posición vuelve igual de su cursor', () => {
    const instants = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.uuid(), (createdAt, uuid) => {
        const after = cursorAt({ createdAt, id: uuid });
        expect(parsePage({ first: 1, after }).after).toEqual({ createdAt, id: uuid });
      }),
    );
  });
});

describe('la conexión', () => {
  const rows = [3, 2, 1].map((n) => ({ id: `${id.slice(0, -1)}${n}`, createdAt: new Date(n) }));

  it('una fila de más dice que hay otra página, y no sale', () => {
    const { edges, pageInfo } = toConnection(rows, { first: 2, after: null }, (row) => row);

    expect(edges.map(({ node }) => node)).toEqual(rows.slice(0, 2));
    expect(pageInfo).toEqual({ hasNextPage: true, endCursor: edges[1]?.cursor });
    expect(parsePage({ first: 2, after: pageInfo.endCursor }).after).toEqual(rows[1]);
  });

  it('la última página y la vacía lo dicen', () => {
    expect(toConnection(rows, { first: 3, after: null }, (row) => row).pageInfo.hasNextPage).toBe(false);
    expect(toConnection([], { first: 3, after: null }, (row: (typeof rows)[number]) => row)).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });
});
