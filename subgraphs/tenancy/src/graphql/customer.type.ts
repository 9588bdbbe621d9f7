import { VisibleTo } from '@farutech/subgraph/authorise';
import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** Un CUSTOMER_VIEWER y un programa no ven datos personales de nadie. */
export const seePersonalData = ['PLATFORM_ADMIN', 'SUPPORT', 'BILLING', 'CUSTOMER_ADMIN'] as const;

@ObjectType({ description: 'A company that buys, and whom instances run for. Who pays.' })
@Directive('@key(fields: "id")')
export class Customer {
  @Field(() => ID, { description: 'UUIDv7, for good.' }) id!: string;

  @Field(() => String, { description: '"Clínica Veterinaria Norte S.A.S.". A pseudonym once it was erased.' })
  legalName!: string;

  @VisibleTo(...seePersonalData)
  @Field(() => String, {
    nullable: true,
    description:
      'As its country writes it: "890900608-9" (NIT), "GODE561231GR8" (RFC), "20100070970" (RUC). Unique within its country. Null for those whose role may not see it.',
  })
  taxId!: string | null;

  @VisibleTo(...seePersonalData)
  @Field(() => String, {
    nullable: true,
    description: 'Where invoices go. Null for those whose role may not see it.',
  })
  billingEmail!: string | null;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2: "CO".' })
  country!: string;

  @Field(() => Boolean, { description: 'Without it nothing new can be provisioned; what runs stays.' })
  isActive!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When its personal data was erased at its request.' })
  erasedAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was registered.' }) createdAt!: Date;
}

export const CustomerConnection = connectionType(Customer, 'Customer');
