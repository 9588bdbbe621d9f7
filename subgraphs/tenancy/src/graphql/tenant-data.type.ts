import { connectionType } from '@farutech/subgraph/connection';
import { DateTime, Json } from '@farutech/subgraph/scalars';
import { Field, ID, InputType, ObjectType } from 'type-graphql';

@ObjectType({ description: 'How one thing is set in an instance.' })
export class TenantSetting {
  @Field(() => String, { description: '"locale", "invoice.footer"' }) key!: string;
  @Field(() => Json, { description: 'Any JSON: "es", 30, {"open":"08:00"}.' }) value!: unknown;
  @Field(() => DateTime, { description: 'When it was last set.' }) updatedAt!: Date;
}

@ObjectType({ description: 'Somebody who works in an instance. Takes a seat of its plan.' })
export class TenantUser {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;
  @Field(() => String, { description: 'In lower case, unique within the instance: "ana@norte.test".' })
  email!: string;
  @Field(() => String, { description: '"Ana María Gómez"' }) displayName!: string;
  @Field(() => String, { description: 'What they are inside the product: "VETERINARIAN".' }) role!: string;
  @Field(() => DateTime, { description: 'When they were added.' }) createdAt!: Date;
}

export const TenantUserConnection = connectionType(TenantUser, 'TenantUser');

@InputType({ description: 'One thing to set; a key that is there already is replaced.' })
export class TenantSettingInput {
  @Field(() => String, {
    description: '1 to 64 letters and digits, in parts joined by . _ or -: "invoice.footer".',
  })
  key!: string;

  @Field(() => Json, { description: 'Any JSON of at most 16 KB and 32 levels: "es", 30, {"open":"08:00"}.' })
  value!: unknown;
}

@InputType({ description: 'Somebody new in an instance.' })
export class TenantUserInput {
  @Field(() => String, { description: 'Any case; kept in lower case. TENANT_USER_EXISTS.' }) email!: string;
  @Field(() => String, { description: '1 to 120 characters: "Ana María Gómez".' }) displayName!: string;
  @Field(() => String, {
    description: 'Up to 60 letters and digits, as the product calls it: "VETERINARIAN".',
  })
  role!: string;
}
