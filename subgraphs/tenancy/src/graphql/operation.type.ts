import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { OperationView, StepView } from '../persistence/queries/views.ts';
import { OperationKind, OperationState, StepState } from './enums.ts';

@ObjectType({ description: 'Why an operation failed, for a person.' })
export class OperationFailure {
  @Field(() => String, { description: 'The name of the step: "create-database".' }) step!: string;
  @Field(() => String, { description: 'Stable, for programs.' }) code!: string;
  @Field(() => String, { description: 'For a person, without a secret.' }) message!: string;
}

@ObjectType({ description: 'One step of an operation: observed first, then done.' })
export class OperationStep {
  @Field(() => String, { description: '"create-database"' }) name!: string;
  @Field(() => StepState, { description: 'How far it has come.' }) state!: StepView['state'];
  @Field(() => Int, { description: 'Times that it was begun.' }) attempt!: number;
  @Field(() => String, { nullable: true, description: 'Why it was skipped, or what failed.' })
  detail!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When its last try began; null before the first.' })
  startedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'When it ended; null until then.' })
  finishedAt!: Date | null;
}

@ObjectType({
  description:
    'Long-running work on an instance. One at a time per instance; a second request is OPERATION_IN_PROGRESS, but a move that waits for its confirmation lets the instance be suspended and resumed.',
})
export class Operation {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;
  @Field(() => OperationKind, { description: 'What it does to the instance.' }) kind!: OperationView['kind'];
  @Field(() => OperationState, { description: 'How far it has come.' }) state!: OperationView['state'];
  @Field(() => Int, { description: 'The try that is at work; 0 before the first.' }) attempt!: number;
  @Field(() => Int, { description: 'Failed tries after which it ends FAILED.' }) maxAttempts!: number;
  @Field(() => OperationFailure, { nullable: true, description: 'Why it ended badly; null if it did not.' })
  failure!: OperationFailure | null;
  @Field(() => ID, { description: 'Of the request that ordered it: in every event, log line and audit row.' })
  correlationId!: string;
  @Field(() => DateTime, { description: 'When it was ordered.' }) startedAt!: Date;
  @Field(() => DateTime, { nullable: true, description: 'When it ended, well or badly; null until then.' })
  finishedAt!: Date | null;
}

export const OperationConnection = connectionType(Operation, 'Operation');

@InputType({ description: 'Every part that is given has to fit.' })
export class OperationFilter {
  @Field(() => OperationState, { nullable: true, description: 'Only those that stand there.' })
  state?: OperationView['state'] | null;
  @Field(() => OperationKind, { nullable: true, description: 'Only those that do this.' })
  kind?: OperationView['kind'] | null;
  @Field(() => ID, { nullable: true, description: 'Only those on instances of this Customer.' })
  customerId?: string | null;
}
