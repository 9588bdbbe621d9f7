import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Something that is sold: modules with features, and the plans that offer them.' })
@Directive('@key(fields: "id")')
export class Product {
  @Field(() => ID, { description: 'UUIDv7: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
  readonly id!: string;

  @Field(() => String, { description: '"FARUTECH_VET": A-Z, 0-9 and _, unique, for good.' })
  readonly code!: string;

  @Field(() => String, { description: 'What people call it: "Farutech Vet".' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is for: "Gestión de clínicas veterinarias." May be empty.' })
  readonly description!: string;

  @Field(() => String, {
    description: 'Version of the product itself: "1.0.0". Plans have versions of their own.',
  })
  readonly version!: string;

  @Field(() => DateTime, {
    description: 'When it was first put into the catalog: "2026-03-02T08:00:00.000Z".',
  })
  readonly createdAt!: Date;
}

export const ProductConnection = connectionType(Product, 'Product');

@ObjectType({ description: 'A part of a product that groups features.' })
@Directive('@key(fields: "id")')
export class Module {
  @Field(() => ID, { description: 'UUIDv7: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
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
  @Field(() => ID, { description: 'UUIDv7: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
  readonly id!: string;

  @Field(() => String, {
    description: '"BATCH_CONTROL": A-Z, 0-9 and _, unique inside its product, for good.',
  })
  readonly code!: string;

  @Field(() => String, { description: 'What people call it: "Control de lotes".' })
  readonly name!: string;

  @Field(() => String, {
    description: 'What it does: "Lote y fecha de vencimiento de cada medicamento." May be empty.',
  })
  readonly description!: string;

  @Field(() => Boolean, {
    description: 'Whether it is offered as something extra: `true`. It does not change what is on.',
  })
  readonly isPremium!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Since when it is off everywhere and no new plan includes it: "2026-09-01T00:00:00.000Z". Null: live. A plan on sale may still hold it; effectiveFeatures says off, cause FEATURE_RETIRED.',
  })
  readonly retiredAt!: Date | null;

  readonly moduleId!: string;
}
