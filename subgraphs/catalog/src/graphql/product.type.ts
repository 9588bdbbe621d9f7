import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Something that is sold: modules with features, and the plans that offer them.' })
@Directive('@key(fields: "id")')
export class Product {
  @Field(() => ID, { description: 'UUIDv7.' })
  readonly id!: string;

  @Field(() => String, { description: '"FARUTECH_VET": A-Z, 0-9 and _, unique, for good.' })
  readonly code!: string;

  @Field(() => String, { description: 'What people call it: "Farutech Vet".' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is for. May be empty.' })
  readonly description!: string;

  @Field(() => String, {
    description: 'Version of the product itself: "1.0.0". Plans have versions of their own.',
  })
  readonly version!: string;

  @Field(() => DateTime, { description: 'When it was first put into the catalog.' })
  readonly createdAt!: Date;
}

export const ProductConnection = connectionType(Product, 'Product');

@ObjectType({ description: 'A part of a product that groups features.' })
@Directive('@key(fields: "id")')
export class Module {
  @Field(() => ID, { description: 'UUIDv7.' })
  readonly id!: string;

  @Field(() => String, { description: '"CLINICAL": A-Z, 0-9 and _, unique inside its product.' })
  readonly code!: string;

  @Field(() => String, { description: 'What people call it: "Historia clínica".' })
  readonly name!: string;

  readonly productId!: string;
}

@ObjectType({ description: 'Something that a plan can include and that an instance has on or off.' })
@Directive('@key(fields: "id")')
export class Feature {
  @Field(() => ID, { description: 'UUIDv7.' })
  readonly id!: string;

  @Field(() => String, {
    description: '"BATCH_CONTROL": A-Z, 0-9 and _, unique inside its product, for good.',
  })
  readonly code!: string;

  @Field(() => String, { description: 'What people call it: "Control de lotes".' })
  readonly name!: string;

  @Field(() => String, { description: 'What it does. May be empty.' })
  readonly description!: string;

  @Field(() => Boolean, {
    description: 'Whether it is offered as something extra. It does not change what is on.',
  })
  readonly isPremium!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'A retired feature is off everywhere, and no new plan includes it.',
  })
  readonly retiredAt!: Date | null;

  readonly moduleId!: string;
}
