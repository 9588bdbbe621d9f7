import 'reflect-metadata';
import { DomainError, invalid } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { type ClassType, Directive, Field, Int, ObjectType } from 'type-graphql';

const maxPage = 100;
const cursorForm = /^v1:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z):(.+)$/;

/** Where a row stands in its list: newest first, stable by (createdAt, id). */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** A parsed request for a page. Read `first` + 1 rows strictly behind `after`: the last tells whether more follow. */
export interface Page {
  readonly first: number;
  readonly after: Position | null;
}

@ObjectType({ description: 'Whether more follows, and where to go on from.' })
@Directive('@shareable')
class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is another page behind this one.' })
  hasNextPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Give it as `after` to get the next page.' })
  endCursor!: string | null;
}

interface Edge<Node> {
  readonly node: Node;
  readonly cursor: string;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
  /** Asked only when `totalCount` is selected. Without it `totalCount` is null. */
  readonly countAll?: () => Promise<number>;
}

export const cursorAt = ({ createdAt, id }: Position): string =>
  Buffer.from(`v1:${createdAt.toISOString()}:${id}`).toString('base64url');

function parseCursor(raw: string, field: string): Position {
  const [, at, id] = cursorForm.exec(Buffer.from(raw, 'base64url').toString('utf8')) ?? [];
  const createdAt = new Date(at ?? Number.NaN);
  if (id === undefined || !isUuid(id) || Number.isNaN(createdAt.getTime())) {
    throw new DomainError('INVALID_CURSOR', 'This cursor is not one that this list gave.', field);
  }
  return { createdAt, id };
}

/** 1…100 rows, else VALIDATION_FAILED on `first`; INVALID_CURSOR on `after`. */
export function parsePage(raw: { first?: number | null; after?: string | null }): Page {
  const first = raw.first ?? 0;
  if (!Number.isInteger(first) || first < 1 || first > maxPage) {
    throw invalid('first', `first must be a number from 1 to ${maxPage}.`);
  }
  return { first, after: raw.after == null ? null : parseCursor(raw.after, 'after') };
}

/** `rows` holds up to `page.first` + 1 of them, already in order. */
export function toConnection<Row>(
  rows: readonly Row[],
  page: Page,
  cursorOf: (row: Row) => Position,
  countAll?: () => Promise<number>,
): Connection<Row> {
  const edges = rows.slice(0, page.first).map((node) => ({ node, cursor: cursorAt(cursorOf(node)) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > page.first, endCursor: edges.at(-1)?.cursor ?? null },
    ...(countAll && { countAll }),
  };
}

/**
 * The type-graphql classes `<name>Connection` and `<name>Edge`. Give `() => Node` where the two modules import
 * each other. A resolver returns what `toConnection` made.
 */
export function connectionType<Node extends object>(
  nodeType: ClassType<Node> | (() => ClassType<Node>),
  name: string,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} with its place in the list.` })
  class EdgeType implements Edge<Node> {
    @Field(() => (isThunk(nodeType) ? nodeType() : nodeType), { description: `The ${name} itself.` })
    node!: Node;

    @Field(() => String, { description: 'Its place: give it as `after` to get what follows.' })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `One page of a list of ${name}.` })
  class ConnectionType implements Connection<Node> {
    @Field(() => [EdgeType], { description: 'What is on this page, in the order of the list.' })
    edges!: EdgeType[];

    @Field(() => PageInfo, { description: 'Whether more follows, and where to go on from.' })
    pageInfo!: PageInfo;

    countAll?: () => Promise<number>;

    @Field(() => Int, {
      nullable: true,
      description: 'How many there are in all; counted only when asked for.',
    })
    totalCount(): Promise<number> | null {
      return this.countAll?.() ?? null;
    }
  }
  return ConnectionType;
}

/** Una clase tiene prototipo; una función flecha, no. */
const isThunk = <Node extends object>(
  type: ClassType<Node> | (() => ClassType<Node>),
): type is () => ClassType<Node> => type.prototype === undefined;
