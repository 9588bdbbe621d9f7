import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, InputType, ObjectType } from 'type-graphql';
import type { InstanceView } from '../persistence/queries/views.ts';
import { DatabaseTier, TenantInstanceStatus } from './enums.ts';

@ObjectType({ description: 'What is installed; catalog describes it.' })
@Directive('@key(fields: "id", resolvable: false)')
export class Product {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;
}

@ObjectType({ description: 'One installation of a product for a customer.' })
@Directive('@key(fields: "id")')
export class TenantInstance {
  @Field(() => ID, { description: 'UUIDv7, for good; also the id of the tenant.' }) id!: string;

  @Field(() => String, { description: '"norte": unique within the customer; a DNS label.' })
  instanceCode!: string;

  @Field(() => String, { description: 'Unique everywhere: "vet-norte-3f9a1c0be2d4".' })
  globalInstanceId!: string;

  @Field(() => DatabaseTier, {
    description: 'Does not depend on the type of the plan. The connection string is never in the API.',
  })
  databaseTier!: InstanceView['databaseTier'];

  @Field(() => TenantInstanceStatus, { description: 'Where it stands now.' })
  status!: InstanceView['status'];
  @Field(() => String, { description: '"tenant-vet-norte-3f9a1c0be2d4"' }) kubernetesNamespace!: string;
  @Field(() => String, { description: 'Where its people sign in, an https address.' }) subdomainUrl!: string;
  @Field(() => DateTime, { description: 'When it was ordered.' }) createdAt!: Date;
}

export const TenantInstanceConnection = connectionType(TenantInstance, 'TenantInstance');

@InputType({ description: 'Every part that is given has to fit.' })
export class TenantInstanceFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this Customer.' })
  customerId?: string | null;
  @Field(() => String, { nullable: true, description: '"FARUTECH_VET"' }) productCode?: string | null;
  @Field(() => TenantInstanceStatus, { nullable: true, description: 'Only those that stand there.' })
  status?: InstanceView['status'] | null;
  @Field(() => DatabaseTier, { nullable: true, description: 'Only those whose data lives there.' })
  databaseTier?: InstanceView['databaseTier'] | null;
}

@InputType({
  description: 'An order: for whom, of which plan, under which name, and where its data is to live.',
})
export class ProvisionTenantInstanceInput {
  @Field(() => ID, { description: 'NOT_FOUND when it is not yours to provision for, CUSTOMER_INACTIVE.' })
  customerId!: string;

  @Field(() => String, { description: '"FARUTECH_VET". NOT_FOUND when there is none.' })
  productCode!: string;

  @Field(() => String, {
    description:
      '"VET_PROFESSIONAL"; its newest version is sold. NOT_FOUND, PLAN_NOT_IN_PRODUCT, PLAN_RETIRED.',
  })
  planCode!: string;

  @Field(() => String, {
    description:
      'A DNS label of at most 30 characters, unique within the customer: "norte". INSTANCE_CODE_TAKEN.',
  })
  instanceCode!: string;

  @Field(() => DatabaseTier, { description: 'Where its data is to live. Any plan may have either.' })
  databaseTier!: InstanceView['databaseTier'];

  @Field(() => DateTime, { nullable: true, description: 'When its subscription begins; now by default.' })
  startsAt?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its subscription ends, after startsAt; never by default.',
  })
  expiresAt?: Date | null;

  @Field(() => ID, {
    nullable: true,
    description:
      '1 to 128 printable characters, remembered 24 h: sent again with the same input it gives the first answer and does nothing new.',
  })
  idempotencyKey?: string | null;
}
