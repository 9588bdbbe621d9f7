import { buildFederatedSchema, type FederatedSchema } from '@farutech/subgraph/build-schema';
import type { ProvisionTenantInstanceParts } from '../use-cases/provision-tenant-instance.ts';
import type { TenancyContext } from './context.ts';
import { CustomerResolver } from './customer.resolver.ts';
import { Customer } from './customer.type.ts';
import { customerMutations } from './customer-mutations.resolver.ts';
import { deadLetterResolver } from './dead-letter.resolver.ts';
import { instanceLifeResolver } from './instance-life.resolver.ts';
import { type LiveFeeds, liveResolvers } from './live.resolver.ts';
import { OperationResolver } from './operation.resolver.ts';
import { operationMutations } from './operation-mutations.resolver.ts';
import { OverviewResolver } from './overview.resolver.ts';
import { type TenantDataParts, tenantDataResolver } from './tenant-data.resolver.ts';
import { tenantInstanceResolver } from './tenant-instance.resolver.ts';
import { Product, TenantInstance } from './tenant-instance.type.ts';
import { ViewerResolver } from './viewer.resolver.ts';

export interface TenancySchemaParts extends ProvisionTenantInstanceParts, TenantDataParts {
  readonly feeds: LiveFeeds;
}

export function buildTenancySchema(parts: TenancySchemaParts): Promise<FederatedSchema> {
  const live = liveResolvers(parts.feeds);
  return buildFederatedSchema<TenancyContext>(
    {
      resolvers: [
        CustomerResolver,
        customerMutations(parts),
        tenantInstanceResolver(parts),
        instanceLifeResolver(parts),
        tenantDataResolver(parts),
        operationMutations(parts),
        OperationResolver,
        deadLetterResolver(parts),
        OverviewResolver,
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
