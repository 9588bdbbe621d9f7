import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

import { createFederatedGateway, type FederatedGateway, type LiveOptions } from '../federated-gateway.ts';
import { InProcessSubgraph, type SubgraphResolvers } from './in-process-subgraph.ts';
import { quietLog } from './quiet-log.ts';
import { StatusFeed } from './status-feed.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external"])\n';

export const tenancySdl = `${link}
type Query { tenantInstance(id: ID!): TenantInstance }
type Mutation { rename(id: ID!): TenantInstance }
type TenantInstance @key(fields: "id") { id: ID! history(after: String): [String!]! }
type ProvisioningStatus { cursor: String! status: String! version: Int! detail: String! instance: TenantInstance! }
type Tick { count: Int! instance: TenantInstance! }
type Subscription {
  provisioningStatus(instanceId: ID!, after: String): ProvisioningStatus!
  tick(instanceId: ID!): Tick!
  countdown(from: Int!, after: Int!): Int!
}`;

export const subscriptionSdl = `${link}
type Query { ping: String }
type TenantInstance @key(fields: "id") { id: ID! planName: String }`;

export const compose = (...subgraphs: { name: string; sdl: string; url?: string }[]): string => {
  const composed = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({
      name,
      url: url ?? `http://${name}/graphql`,
      typeDefs: parse(sdl),
    })),
  );
  if (composed.errors) throw new AggregateError(composed.errors, composed.errors.map(String).join('\n'));
  return composed.supergraphSdl;
};

export interface World {
  readonly feed: StatusFeed;
  readonly tenancy: InProcessSubgraph;
  readonly subscription: InProcessSubgraph;
  readonly gateway: FederatedGateway;
  /** Cuántas veces se unieron entidades en el subgrafo de suscripciones. */
  joins(): number;
  close(): Promise<void>;
}

type Id = { id: string };

async function* countdown(from: number): AsyncGenerator<{ countdown: number }> {
  for (let left = from; left > 0; left--) yield { countdown: left };
}

export const tenancyResolvers = (feed: StatusFeed): SubgraphResolvers => ({
  Query: { tenantInstance: (_: unknown, { id }: Id) => ({ id }) },
  Mutation: { rename: (_: unknown, { id }: Id) => ({ id }) },
  TenantInstance: {
    __resolveReference: (reference: object) => reference,
    history: (_: unknown, { after }: { after?: string }) => [after ?? 'all'],
  },
  Subscription: {
    provisioningStatus: {
      subscribe: (_: unknown, args: { instanceId: string; after?: string | null }) =>
        feed.open(args.instanceId, args.after ?? null),
    },
    tick: {
      // Una vista sobre el registro: un generador que espera no se puede cancelar, y dejaría a alguien dentro.
      subscribe: (_: unknown, { instanceId }: { instanceId: string }) => {
        const frames = feed.open(instanceId, null);
        const ticks = {
          next: async () => {
            const { done, value } = await frames.next();
            if (done) return { done, value: undefined };
            const count = value.provisioningStatus.version;
            return { done: false, value: { tick: { count, instance: { id: instanceId } } } };
          },
          return: () => frames.return?.(),
          [Symbol.asyncIterator]: () => ticks,
        };
        return ticks;
      },
    },
    countdown: { subscribe: (_: unknown, { from }: { from: number }) => countdown(from) },
  },
});

export const subscriptionResolvers: SubgraphResolvers = {
  Query: { ping: () => 'pong' },
  TenantInstance: { planName: ({ id }: Id) => `plan-${id}` },
};

export function openWorld(live: LiveOptions = {}): World {
  const feed = new StatusFeed();
  const tenancy = new InProcessSubgraph('tenancy', parse(tenancySdl), tenancyResolvers(feed));
  const subscription = new InProcessSubgraph('subscription', parse(subscriptionSdl), subscriptionResolvers);
  const byName: Record<string, InProcessSubgraph> = { tenancy, subscription };
  const find = ({ name }: { name: string }): InProcessSubgraph => {
    const subgraph = byName[name];
    if (subgraph === undefined) throw new TypeError(name);
    return subgraph;
  };
  const gateway = createFederatedGateway({
    supergraphSdl: compose(
      { name: 'tenancy', sdl: tenancySdl },
      { name: 'subscription', sdl: subscriptionSdl },
    ),
    buildService: find,
    live: { connect: find, ...live },
    log: quietLog(),
  });
  return {
    feed,
    tenancy,
    subscription,
    gateway,
    joins: () => subscription.fetched.length,
    close: () => gateway.close(),
  };
}
