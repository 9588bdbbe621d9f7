import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'A new customer.' })
export class RegisterCustomerInput {
  @Field(() => String, { description: '2 to 200 characters.' })
  legalName!: string;

  @Field(() => String, {
    description:
      'CO: NIT with its check digit. MX: RFC. PE: RUC. Elsewhere 4 to 20 letters and digits. Dots, spaces and hyphens are ignored. INVALID_TAX_ID, TAX_ID_TAKEN.',
  })
  taxId!: string;

  @Field(() => String, { description: '"billing@example.com"' })
  billingEmail!: string;

  @Field(() => String, { description: 'ISO 3166-1 alpha-2: "CO".' })
  country!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      '1 to 128 printable characters, remembered 24 h: sent again with the same input it gives the first answer and does nothing new.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What changes of a customer. What is left out stays as it is.' })
export class UpdateCustomerInput {
  @Field(() => ID, { description: 'Id of a Customer. NOT_FOUND when there is none, or it is not yours.' })
  id!: string;

  @Field(() => String, { nullable: true, description: '2 to 200 characters. Left out: as it was.' })
  legalName?: string | null;

  @Field(() => String, { nullable: true, description: '"billing@example.com". Left out: as it was.' })
  billingEmail?: string | null;
}
