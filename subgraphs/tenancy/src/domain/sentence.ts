import type { Failure, OperationKind, OperationStepState } from './operation-data.ts';

/** [lo que se hace, lo que se hizo]: las frases que lee quien espera. */
const deeds: Readonly<Record<string, readonly [string, string]>> = {
  reserve: ['Reserving the names', 'Names reserved'],
  'create-database': ['Creating the database', 'Database created'],
  'apply-migrations': ['Applying the migrations', 'Migrations applied'],
  'seed-tenant': ['Loading the first data', 'First data loaded'],
  'register-namespace': ['Registering the namespace', 'Namespace registered'],
  'publish-subdomain': ['Publishing the subdomain', 'Subdomain published'],
  activate: ['Activating the instance', 'Instance activated'],
  'withdraw-subdomain': ['Withdrawing the subdomain', 'Subdomain withdrawn'],
  'scale-down': ['Scaling down', 'Scaled down'],
  'scale-up': ['Scaling up', 'Scaled up'],
  'remove-namespace': ['Removing the namespace', 'Namespace removed'],
  'close-database': ['Closing the database', 'Database closed'],
  'keep-dump': ['Keeping a final dump', 'Final dump kept'],
  'drop-database': ['Dropping the database', 'Database dropped'],
  prepare: ['Preparing the new home', 'New home prepared'],
  log: ['Beginning to log the changes', 'Changes are logged'],
  copy: ['Copying the data', 'Data copied'],
  'catch-up': ['Catching up with the changes', 'Caught up with the changes'],
  verify: ['Comparing both homes', 'Both homes are equal'],
  switch: ['Switching over', 'Switched over'],
  confirm: ['Ending the way back', 'Way back ended'],
};

const because = (detail: string | null): string => (detail === null ? '' : `: ${detail}`);

/** "Creating the database (step 2 of 7)". */
export function sentenceOfStep(step: OperationStepState, count: number): string {
  const [doing, done] = deeds[step.name] ?? [`Working on ${step.name}`, `Done: ${step.name}`];
  const place = `(step ${step.ord + 1} of ${count})`;
  switch (step.state) {
    case 'PENDING':
      return `${doing} ${place}: waiting for its turn`;
    case 'RUNNING':
      return step.attempt > 1 ? `${doing} ${place}, attempt ${step.attempt}` : `${doing} ${place}`;
    case 'DONE':
      return `${done} ${place}`;
    case 'FAILED':
      return `${doing} ${place} failed at attempt ${step.attempt}${because(step.detail)}`;
    case 'SKIPPED':
      return `${doing} ${place} was skipped${because(step.detail)}`;
    case 'UNDONE':
      return `${doing} ${place} was undone`;
  }
}

/** [cómo se llama la operación, lo que se lee cuando acaba bien]. */
const names: Readonly<Record<OperationKind, readonly [string, string]>> = {
  PROVISION: ['Provisioning', 'Everything is in place; switching the subscription on'],
  SUSPEND: ['Suspending', 'The instance is suspended'],
  RESUME: ['Resuming', 'The instance is active again'],
  DECOMMISSION: ['Decommissioning', 'The instance is decommissioned'],
  MOVE_TIER: ['Moving', 'The move is done; there is no way back any more'],
  MIGRATE_SCHEMA: ['Migrating the schema', 'The schema is up to date'],
};

export function sentencesOf(kind: OperationKind) {
  const [name, succeeded] = names[kind];
  return {
    requested: `${name} was requested`,
    again: `${name} was requested again`,
    succeeded,
    active: 'The instance is active',
  };
}

/** Lo que cuenta quien vuelve atrás porque alguien lo pidió: no falló nada. */
const moveReverted = 'MOVE_REVERTED';

export const sentenceOfFailure = (kind: OperationKind, { step, code, message }: Failure): string =>
  code === moveReverted ? 'The move was taken back' : `${names[kind][0]} failed at "${step}": ${message}`;

export const moveSentences = {
  waits: 'The move waits to be confirmed or taken back',
  confirm: 'The move was confirmed; ending the way back',
  revert: 'The move is being taken back',
} as const;

export const livesIn = {
  STANDARD: 'Its data lives in the shared database now',
  ENTERPRISE: 'Its data lives in a database of its own now',
} as const;
