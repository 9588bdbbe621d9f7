import { Field, ID, InputType } from 'type-graphql';

const exampleId = '"0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d"';
const oneLine = 'One line of 1 to 120 characters';

@InputType({ description: 'A product without modules.' })
export class CreateProductInput {
  @Field(() => String, {
    description: '"FARUTECH_VET": a capital letter and at most 63 of A-Z, 0-9 and _. It stays for good.',
  })
  readonly code!: string;

  @Field(() => String, { description: `${oneLine}: "Farutech Vet".` })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: '',
    description: 'At most 2000 characters: "Gestión de clínicas veterinarias."',
  })
  readonly description?: string | null;

  @Field(() => String, {
    nullable: true,
    defaultValue: '1.0.0',
    description: 'Of the product itself: "1.0.0". At most 32 of A-Z, a-z, 0-9, ".", "+" and "-".',
  })
  readonly version?: string | null;
}

@InputType({ description: 'What changes of a product. What is left out stays as it is.' })
export class UpdateProductInput {
  @Field(() => ID, { description: `Of the product: ${exampleId}. Unknown: NOT_FOUND.` })
  readonly productId!: string;

  @Field(() => String, { nullable: true, description: `${oneLine}: "Farutech Vet".` })
  readonly name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2000 characters: "Gestión de clínicas veterinarias." Empty takes it away: "".',
  })
  readonly description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of the product itself: "1.1.0". At most 32 of A-Z, a-z, 0-9, ".", "+" and "-".',
  })
  readonly version?: string | null;
}

@InputType({ description: 'A module without features.' })
export class AddModuleInput {
  @Field(() => ID, { description: `Of the product: ${exampleId}. Unknown: NOT_FOUND.` })
  readonly productId!: string;

  @Field(() => String, {
    description: '"CLINICAL": a capital letter and at most 63 of A-Z, 0-9 and _, unique inside the product.',
  })
  readonly code!: string;

  @Field(() => String, { description: `${oneLine}: "Historia clínica".` })
  readonly name!: string;
}

@InputType({ description: 'A feature that no plan includes yet.' })
export class AddFeatureInput {
  @Field(() => ID, { description: `Of the module: ${exampleId}. Unknown: NOT_FOUND.` })
  readonly moduleId!: string;

  @Field(() => String, {
    description:
      '"BATCH_CONTROL": a capital letter and at most 63 of A-Z, 0-9 and _, unique inside the product, for good.',
  })
  readonly code!: string;

  @Field(() => String, { description: `${oneLine}: "Control de lotes".` })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: '',
    description: 'At most 2000 characters: "Lote y fecha de vencimiento de cada medicamento."',
  })
  readonly description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether it is offered as something extra: `true` or `false`. It does not change what is on.',
  })
  readonly isPremium?: boolean | null;
}
