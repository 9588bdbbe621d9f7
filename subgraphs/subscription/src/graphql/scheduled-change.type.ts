import { staff } from '@farutech/kernel/viewer';
import { VisibleTo } from '@farutech/subgraph/authorise';
import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Plan } from './stubs.type.ts';

const ScheduledChangeKindEnum = {
  PLAN: 'PLAN',
  CANCELLATION: 'CANCELLATION',
  EXPIRY: 'EXPIRY',
  START: 'START',
} as const;
registerEnumType(ScheduledChangeKindEnum, {
  name: 'ScheduledChangeKind',
  description: 'What will happen by itself, at its instant.',
  valuesConfig: {
    PLAN: {
      description: 'Another plan, or another version of it, starts to hold. It can be withdrawn until then.',
    },
    CANCELLATION: { description: 'The subscription is cancelled for good. It can be withdrawn until then.' },
    EXPIRY: { description: 'What was bought runs out: everything is off, the status stays.' },
    START: { description: 'What was bought begins: what the plan includes is on.' },
  },
});

@ObjectType({ description: 'A change of a subscription that will happen by itself.' })
export class ScheduledChange {
  @Field(() => ID, { description: 'UUIDv7; give it to cancelScheduledChange.' }) id!: string;

  @Field(() => ScheduledChangeKindEnum, { description: 'What will happen.' })
  kind!: keyof typeof ScheduledChangeKindEnum;

  @Field(() => DateTime, { description: 'From this instant on, to the millisecond, it holds.' })
  effectiveAt!: Date;

  @Field(() => Plan, { nullable: true, description: 'Of a PLAN: the version that will hold.' })
  plan!: Plan | null;

  @Field(() => String, {
    description:
      'Who asked for it: the `sub` of a person, or "contract" for what was agreed when it was bought. Those who are not staff read "farutech" for a person of Farutech.',
  })
  requestedBy!: string;

  @VisibleTo(...staff)
  @Field(() => String, { nullable: true, description: 'Why; null for those who are not staff.' })
  reason!: string | null;
}
