import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { ManifestAction, ManifestKind } from '../domain/product-manifest.ts';
import { Product } from './product.type.ts';

const actions = {
  CREATE: 'CREATE',
  UPDATE: 'UPDATE',
  RETIRE: 'RETIRE',
  PUBLISH: 'PUBLISH',
  UNCHANGED: 'UNCHANGED',
} as const satisfies { readonly [Name in ManifestAction]: Name };
registerEnumType(actions, {
  name: 'ManifestAction',
  description: 'What a manifest does, or would do, to one thing.',
  valuesConfig: {
    CREATE: { description: 'There was none with that code.' },
    UPDATE: { description: 'It differs: `detail` says in what.' },
    RETIRE: { description: 'The manifest leaves it out.' },
    PUBLISH: { description: 'The next version of a plan, or its first.' },
    UNCHANGED: { description: 'It stands as the manifest says.' },
  },
});

const kinds = {
  PRODUCT: 'PRODUCT',
  MODULE: 'MODULE',
  FEATURE: 'FEATURE',
  PLAN: 'PLAN',
} as const satisfies { readonly [Name in ManifestKind]: Name };
registerEnumType(kinds, {
  name: 'ManifestKind',
  description: 'What a change is about.',
  valuesConfig: {
    PRODUCT: { description: '"FARUTECH_VET"' },
    MODULE: { description: '"CLINICAL"' },
    FEATURE: { description: '"BATCH_CONTROL"' },
    PLAN: { description: '"VET_PROFESSIONAL"' },
  },
});

@ObjectType({ description: 'What a manifest does, or would do, to one thing.' })
export class ManifestChange {
  @Field(() => actions, { description: '`UNCHANGED`: it stands as the manifest says.' })
  readonly action!: ManifestAction;

  @Field(() => kinds, { description: 'What `code` is the code of: `FEATURE`.' })
  readonly kind!: ManifestKind;

  @Field(() => String, { description: 'Of the thing: "BATCH_CONTROL".' })
  readonly code!: string;

  @Field(() => String, {
    description: 'For a person: what is made, or what differs (`name "A" → "B"`). The text may change.',
  })
  readonly detail!: string;
}

@ObjectType({ description: 'What came of a manifest.' })
export class ManifestResult {
  @Field(() => Product, {
    nullable: true,
    description: 'As it stands now. Null after a dry run of a product that does not exist yet.',
  })
  readonly product!: Product | null;

  @Field(() => [ManifestChange], {
    description: 'One for each thing of the manifest and one for each that it leaves out, in its order.',
  })
  readonly changes!: readonly ManifestChange[];

  @Field(() => Boolean, { description: '`false` after a dry run.' })
  readonly applied!: boolean;
}
