import { connectionType } from '@farutech/subgraph/connection';
import { DateTime, Json } from '@farutech/subgraph/scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType({
  description: 'A message that its consumer gave up on. Open until it is replayed or discarded.',
})
export class DeadLetter {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;
  @Field(() => String, { description: 'The consumer that gave up: "provisioning".' }) worker!: string;
  @Field(() => String, { description: 'Where the message travelled, and travels again when replayed.' })
  subject!: string;
  @Field(() => ID, { description: 'Of the request that it goes back to; a replay keeps it.' })
  correlationId!: string;
  @Field(() => Int, { description: 'Times that it was tried, the last time round.' }) attempts!: number;
  @Field(() => String, { description: 'Stable, for programs: what it failed with.' }) code!: string;
  @Field(() => String, { description: 'For a person.' }) reason!: string;
  @Field(() => Json, {
    description:
      'The message as it arrived; text where it was no JSON. Secrets are in it as ciphertext only.',
  })
  payload!: unknown;
  @Field(() => DateTime, { description: 'When it was given up, the last time.' }) receivedAt!: Date;
  @Field(() => Int, { description: 'Times that it was replayed.' }) replays!: number;
  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last replayed; null before that, and again when the replay was given up, too.',
  })
  replayedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'When it was discarded; null if it was not.' })
  discardedAt!: Date | null;
}

export const DeadLetterConnection = connectionType(DeadLetter, 'DeadLetter');
