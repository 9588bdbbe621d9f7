import 'reflect-metadata';
import { DomainError, invalid, notFound } from '@farutech/kernel/errors';
import type { Role, Viewer } from '@farutech/kernel/viewer';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
  Subscription,
} from 'type-graphql';
import { Authorise, everybody, VisibleTo } from '../authorise.ts';
import { buildFederatedSchema } from '../build-schema.ts';
import { type Connection, connectionType, parsePage, toConnection } from '../connection.ts';
import { liveIterator } from '../live.ts';
import type { Refusal, RequestBase } from '../request-context.ts';
import { DateTime, Decimal, Json } from '../scalars.ts';

/** A small catalogue that uses every part of the chassis. Only for this package's tests. */
export interface TinyContext extends RequestBase {
  /** One per context: shows which operations and events share one. */
  readonly serial: number;
  auditRefusal(refusal: Refusal): Promise<void>;
}

const Interval = { MONTH: 'MONTH', YEAR: 'YEAR' } as const;
registerEnumType(Interval, {
  name: 'Interval',
  description: 'How often it is paid.',
  valuesConfig: { YEAR: { description: 'Once a year.', deprecationReason: 'Sold by the month now.' } },
});

@ObjectType({ description: 'What is sold.' })
@Directive('@key(fields: "id")')
export class Item {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => DateTime) createdAt!: Date;

  @VisibleTo('BILLING')
  @Field(() => Decimal, { nullable: true, description: 'Before tax.' })
  price!: string | null;

  @Field(() => Interval) interval!: keyof typeof Interval;
  @Field(() => String, { deprecationReason: 'Use name.' }) title!: string;
}

@InputType()
class NewItemInput {
  @Field(() => String) name!: string;
  @Field(() => Decimal) price!: string;
  @Field(() => Interval, { defaultValue: 'MONTH' }) interval!: keyof typeof Interval;
  @Field(() => Json, { nullable: true }) notes?: unknown;
}

@ObjectType()
class Tick {
  @Field(() => String) cursor!: string;
  @Field(() => Int) serial!: number;
}

const ItemConnection = connectionType(() => Item, 'Item');

const idOf = (n: number): string => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const items: readonly Item[] = [3, 2, 1].map((n) => ({
  id: idOf(n),
  name: `item ${n}`,
  title: `item ${n}`,
  createdAt: new Date(Date.UTC(2026, 0, n)),
  price: `${n}.90`,
  interval: 'MONTH',
}));

@Resolver(() => Item)
class ItemResolver {
  static counts = 0;

  @Authorise(...everybody)
  @Query(() => ItemConnection, { description: 'Newest first.' })
  items(
    @Arg('first', () => Int, { nullable: true, defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
  ): Connection<Item> {
    const page = parsePage({ first, ...(after !== undefined && { after }) });
    const from = page.after === null ? 0 : items.findIndex(({ id }) => id === page.after?.id) + 1;
    const rows = items.slice(from, from + page.first + 1);
    return toConnection(
      rows,
      page,
      (item) => item,
      () => {
        ItemResolver.counts += 1;
        return Promise.resolve(items.length);
      },
    );
  }

  @Authorise('PLATFORM_ADMIN', 'BILLING')
  @Query(() => Item, { nullable: true })
  item(
    @Arg('id', () => ID) id: string,
    @Arg('at', () => DateTime, { nullable: true }) at?: Date,
  ): Item | null {
    const found = items.find((item) => item.id === id) ?? null;
    return found !== null && at !== undefined && at < found.createdAt ? null : found;
  }

  @Authorise(...everybody)
  @Query(() => String)
  secretFailure(): string {
    throw new Error('connect ECONNREFUSED postgresql://root:hunter2@10.0.0.1/prod');
  }

  /** Sin línea de autorización, a propósito. */
  @Query(() => String)
  forgotten(): string {
    return 'nobody may read this';
  }

  @Authorise('PLATFORM_ADMIN')
  @Mutation(() => Item)
  addItem(@Arg('input', () => NewItemInput) input: NewItemInput): Item {
    if (input.name === '') throw invalid('name', 'A name is needed.');
    if (input.name === 'taken') throw new DomainError('NAME_TAKEN', 'There is one of that name.', 'name');
    return { ...input, id: idOf(9), title: input.name, createdAt: new Date(0) };
  }

  @Authorise('PLATFORM_ADMIN', 'CHILD_APP')
  @Subscription(() => Tick, {
    subscribe: ({ args, context }: { args: { upTo: number; fail: boolean }; context: TinyContext }) => {
      if (args.upTo < 0) throw notFound('upTo');
      if (args.upTo === 666) throw new Error('password=hunter2');
      return liveIterator((signal) => ticks(args.upTo, args.fail, context, signal));
    },
  })
  ticks(
    @Root() tick: Tick,
    @Arg('upTo', () => Int) _upTo: number,
    @Arg('fail', () => Boolean, { defaultValue: false }) _fail: boolean,
    @Ctx() context: TinyContext,
  ): Tick {
    if (tick.cursor === '13') throw new Error('password=hunter2');
    return { ...tick, serial: context.serial };
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** Cuenta hasta `upTo` y se queda abierta, como un estado vivo en el que no pasa nada. */
async function* ticks(upTo: number, fail: boolean, context: TinyContext, signal: AbortSignal) {
  for (let n = 1; n <= upTo && !signal.aborted; n += 1) yield { cursor: String(n), serial: 0 };
  if (fail) throw new DomainError('CURSOR_EXPIRED', 'Too old.', 'after');
  context.log.debug('waiting');
  await aborted(signal);
}

export const countsAsked = (): number => ItemResolver.counts;

export const buildTinySchema = () =>
  buildFederatedSchema<TinyContext>(
    { resolvers: [ItemResolver], orphanedTypes: [Item] },
    {
      Item: {
        __resolveReference({ id }) {
          if (id === 'broken') throw new Error('password=hunter2');
          return items.find((item) => item.id === id) ?? null;
        },
      },
    },
  );

export const viewerWith = (...roles: Role[]): Viewer => ({
  sub: 'someone@farutech.test',
  roles,
  tenantId: null,
  instanceIds: [],
});
