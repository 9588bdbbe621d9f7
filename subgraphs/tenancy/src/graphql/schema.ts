import { buildFederatedSchema, type FederatedSchema } from '@farutech/subgraph/build-schema';
import type { ProvisionTenantInstanceParts } from '../use-cases/provision-tenant-instance.ts';
import type { TenancyContext } from './context.ts';
import { customerResolver } from './customer.resolver.ts';
import { Customer } from './customer.type.ts';
import { type LiveFeeds, liveResolvers } from './live.resolver.ts';
import { OperationResolver } from './operation.resolver.ts';
import { tenantInstanceResolver } from './tenant-instance.resolver.ts';
import { Product, TenantInstance } from './tenant-instance.type.ts';
import { ViewerResolver } from './viewer.resolver.ts';

export interface TenancySchemaParts extends ProvisionTenantInstanceParts {
  readonly feeds: LiveFeeds;
}

export function buildTenancySchema(parts: TenancySchemaParts): Promise<FederatedSchema> {
  const live = liveResolvers(parts.feeds);
  return buildFederatedSchema<TenancyContext>(
    {
      resolvers: [
        customerResolver(parts),
        tenantInstanceResolver(parts),
        OperationResolver,
        ViewerResolver,
        live.ProvisioningStatusResolver,
        live.TenantInstanceChangeResolver,
      ],
      orphanedTypes: [Customer, TenantInstance, Product],
    },
    {
      Customer: { __resolveReference: ({ id }, { reads }) => reads.customer(id) },
      TenantInstance: { __resolveReference: ({ id }, { reads }) => reads.instance(id) },
    },
  );
}
