import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { OperationView, StepView } from '../persistence/queries/views.ts';
import { OperationKind, OperationState, StepState } from './enums.ts';

@ObjectType({ description: 'Why an operation failed, for a person.' })
export class OperationFailure {
  @Field(() => String, { description: 'The name of the step: "create-database".' }) step!: string;
  @Field(() => String, { description: 'Stable, for programs.' }) code!: string;
  @Field(() => String) message!: string;
}

@ObjectType()
export class OperationStep {
  @Field(() => String, { description: '"create-database"' }) name!: string;
  @Field(() => StepState) state!: StepView['state'];
  @Field(() => Int, { description: 'Times that it was begun.' }) attempt!: number;
  @Field(() => String, { nullable: true, description: 'Why it was skipped, or what failed.' })
  detail!: string | null;
  @Field(() => DateTime, { nullable: true }) startedAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) finishedAt!: Date | null;
}

@ObjectType({
  description:
    'Long-running work on an instance. One at a time per instance; a second request is OPERATION_IN_PROGRESS.',
})
export class Operation {
  @Field(() => ID) id!: string;
  @Field(() => OperationKind) kind!: OperationView['kind'];
  @Field(() => OperationState) state!: OperationView['state'];
  @Field(() => Int, { description: 'The try that is at work; 0 before the first.' }) attempt!: number;
  @Field(() => Int, { description: 'Failed tries after which it ends FAILED.' }) maxAttempts!: number;
  @Field(() => OperationFailure, { nullable: true }) failure!: OperationFailure | null;
  @Field(() => ID, { description: 'Of the request that ordered it: in every event, log line and audit row.' })
  correlationId!: string;
  @Field(() => DateTime, { description: 'When it was ordered.' }) startedAt!: Date;
  @Field(() => DateTime, { nullable: true }) finishedAt!: Date | null;
}

export const OperationConnection = connectionType(Operation, 'Operation');

@InputType({ description: 'Every part that is given has to fit.' })
export class OperationFilter {
  @Field(() => OperationState, { nullable: true }) state?: OperationView['state'] | null;
  @Field(() => OperationKind, { nullable: true }) kind?: OperationView['kind'] | null;
  @Field(() => ID, { nullable: true }) customerId?: string | null;
}
