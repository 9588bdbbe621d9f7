import { notFound } from '@farutech/kernel/errors';
import { reaches, reachOf } from '@farutech/kernel/viewer';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { liveIterator } from '@farutech/subgraph/live';
import { Arg, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { StatusEntry } from '../domain/tenant-instance.ts';
import type { InstanceView } from '../persistence/queries/views.ts';
import type { TenancyContext } from './context.ts';
import { ProvisioningStatus, TenantInstanceChange } from './live.type.ts';
import { liveCursor, parseLiveCursor } from './live-cursor.ts';
import { TenantInstance } from './tenant-instance.type.ts';

interface Reading<Entry> {
  entries(signal: AbortSignal): AsyncGenerator<Entry>;
}

interface Feed<Key, Entry> {
  open(key: Key, start: { readonly after: number } | 'present' | 'next'): Promise<Reading<Entry> | null>;
}

export interface LiveFeeds {
  readonly status: Feed<string, StatusEntry>;
  readonly changes: Feed<'all', { readonly version: number; readonly status: StatusEntry }>;
}

interface StatusArgs {
  readonly instanceId: string;
  readonly after?: string | null;
}

interface ChangeArgs {
  readonly customerId?: string | null;
  readonly after?: string | null;
}

type Subscribing<Args> = { readonly args: Args; readonly context: TenancyContext };

const instantOrNull = (raw: string | null): Date | null => (raw === null ? null : new Date(raw));

function toStatus(entry: StatusEntry): ProvisioningStatus {
  const { instanceId, version, status, operation, step, message, occurredAt } = entry;
  return {
    cursor: liveCursor('status', version),
    instanceId,
    status,
    operation: operation && {
      ...operation,
      startedAt: new Date(operation.startedAt),
      finishedAt: instantOrNull(operation.finishedAt),
    },
    step: step && {
      ...step,
      startedAt: instantOrNull(step.startedAt),
      finishedAt: instantOrNull(step.finishedAt),
    },
    message,
    occurredAt: new Date(occurredAt),
  };
}

/** La fila con el estado de la trama: quien lee despacio no ve un estado que aún no le han contado. */
async function instanceOf(
  { instanceId, status }: Pick<ProvisioningStatus, 'instanceId' | 'status'>,
  { reads }: TenancyContext,
): Promise<InstanceView> {
  const instance = await reads.instance(instanceId);
  if (instance === null) throw notFound();
  return { ...instance, status };
}

export function liveResolvers({ status, changes }: LiveFeeds) {
  async function openStatus({ args, context }: Subscribing<StatusArgs>) {
    const instance = await context.reads.instance(args.instanceId);
    if (instance === null) throw notFound('instanceId');
    const start = args.after == null ? 'present' : { after: parseLiveCursor('status', args.after) };
    const reading = await status.open(instance.id, start);
    if (reading === null) throw notFound('instanceId');
    return liveIterator(async function* (signal) {
      for await (const entry of reading.entries(signal)) yield toStatus(entry);
    });
  }

  async function openChanges({ args, context }: Subscribing<ChangeArgs>) {
    const customer = args.customerId == null ? null : await context.reads.customer(args.customerId);
    if (args.customerId != null && customer === null) throw notFound('customerId');
    const start = args.after == null ? 'next' : { after: parseLiveCursor('change', args.after) };
    const reading = await changes.open('all', start);
    if (reading === null) throw new TypeError('el flujo de todos los cambios existe siempre');
    const reach = reachOf(context.viewer);
    return liveIterator(async function* (signal): AsyncGenerator<TenantInstanceChange> {
      for await (const { version, status: entry } of reading.entries(signal)) {
        if (customer !== null && entry.customerId !== customer.id) continue;
        if (!reaches(reach, entry)) continue;
        yield {
          cursor: liveCursor('change', version),
          instanceId: entry.instanceId,
          status: entry.status,
          occurredAt: new Date(entry.occurredAt),
        };
      }
    });
  }

  @Resolver(() => ProvisioningStatus)
  class ProvisioningStatusResolver {
    @Authorise(...everybody)
    @Subscription(() => ProvisioningStatus, {
      subscribe: openStatus as never,
      description:
        'A log: without `after` the first frame is the state now; then every change, in order, none lost and none twice. With `after` only what came later; one too old is CURSOR_EXPIRED. It stays open after ACTIVE. A slow reader misses nothing: it catches up from its cursor.',
    })
    provisioningStatus(
      @Root() frame: ProvisioningStatus,
      @Arg('instanceId', () => ID, {
        description: 'Id of a TenantInstance. NOT_FOUND when it is not yours to see.',
      })
      _instanceId: string,
      @Arg('after', () => String, {
        nullable: true,
        description: '`cursor` of the last frame that you have.',
      })
      _after: string | null,
    ): ProvisioningStatus {
      return frame;
    }

    @FieldResolver(() => TenantInstance, { description: 'With the status of this frame.' })
    instance(@Root() frame: ProvisioningStatus, @Ctx() context: TenancyContext): Promise<InstanceView> {
      return instanceOf(frame, context);
    }
  }

  @Resolver(() => TenantInstanceChange)
  class TenantInstanceChangeResolver {
    @Authorise(...everybody)
    @Subscription(() => TenantInstanceChange, {
      subscribe: openChanges as never,
      description:
        'Every instance that the viewer may see (of one customer, if given) whenever its status changes. Without `after` it starts with the next change: there is no frame before it. With `after` every change behind that cursor, in order, none lost and none twice; one too old is CURSOR_EXPIRED.',
    })
    tenantInstanceChanged(
      @Root() frame: TenantInstanceChange,
      @Arg('customerId', () => ID, { nullable: true, description: 'NOT_FOUND when it is not yours to see.' })
      _customerId: string | null,
      @Arg('after', () => String, {
        nullable: true,
        description: '`cursor` of the last frame that you have.',
      })
      _after: string | null,
    ): TenantInstanceChange {
      return frame;
    }

    @FieldResolver(() => TenantInstance, { description: 'With the status of this frame.' })
    instance(@Root() frame: TenantInstanceChange, @Ctx() context: TenancyContext): Promise<InstanceView> {
      return instanceOf(frame, context);
    }
  }
  return { ProvisioningStatusResolver, TenantInstanceChangeResolver };
}
