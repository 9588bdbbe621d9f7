import type { Failure, OperationStepState } from './operation-data.ts';

/** [lo que se hace, lo que se hizo]: las frases que lee quien espera. */
const deeds: Readonly<Record<string, readonly [string, string]>> = {
  reserve: ['Reserving the names', 'Names reserved'],
  'create-database': ['Creating the database', 'Database created'],
  'apply-migrations': ['Applying the migrations', 'Migrations applied'],
  'seed-tenant': ['Loading the first data', 'First data loaded'],
  'register-namespace': ['Registering the namespace', 'Namespace registered'],
  'publish-subdomain': ['Publishing the subdomain', 'Subdomain published'],
  activate: ['Activating the instance', 'Instance activated'],
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

export const sentenceOfFailure = ({ step, message }: Failure): string =>
  `Provisioning failed at "${step}": ${message}`;

export const sentences = {
  requested: 'Provisioning was requested',
  provisioned: 'Everything is in place; switching the subscription on',
  active: 'The instance is active',
} as const;
