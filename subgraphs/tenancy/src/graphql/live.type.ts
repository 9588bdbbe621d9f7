import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ObjectType } from 'type-graphql';
import type { InstanceView, OperationView, StepView } from '../persistence/queries/views.ts';
import { TenantInstanceStatus } from './enums.ts';
import { Operation, OperationStep } from './operation.type.ts';

const cursorDescription = 'Give it as `after` to go on behind this frame.';

@ObjectType({ description: 'One frame of the life of an instance: what happened, and where it stands.' })
export class ProvisioningStatus {
  @Field(() => String, { description: cursorDescription }) cursor!: string;
  @Field(() => TenantInstanceStatus, { description: 'Where the instance stood in this frame.' })
  status!: InstanceView['status'];
  @Field(() => Operation, {
    nullable: true,
    description: 'As it stood in this frame; its steps as they stand now.',
  })
  operation!: OperationView | null;
  @Field(() => OperationStep, { nullable: true, description: 'The step that moved, if one did.' })
  step!: StepView | null;
  @Field(() => String, { description: 'For a person: "Creating the database (step 2 of 7)".' })
  message!: string;
  @Field(() => DateTime, { description: 'When it happened.' }) occurredAt!: Date;
  instanceId!: string;
}

@ObjectType({ description: 'An instance whose status has changed.' })
export class TenantInstanceChange {
  @Field(() => String, { description: cursorDescription }) cursor!: string;
  @Field(() => DateTime, { description: 'When it happened.' }) occurredAt!: Date;
  @Field(() => TenantInstanceStatus, { description: 'Where it stands since then.' })
  status!: InstanceView['status'];
  instanceId!: string;
}
