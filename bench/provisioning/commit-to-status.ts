import { visitDatabase } from '../../packages/messaging/src/visit-database.ts';
import type { Figures } from '../../tests/support/figure-table.ts';
import { freshCode, grupoExito, provision } from '../../tests/support/instances.ts';
import { quantile } from '../../tests/support/quantile.ts';
import { startTestStack, type TestStack } from '../../tests/support/stack.ts';
import { type Arrival, type StatusWatcher, watchStatus } from './status-watcher.ts';

/** Las primeras calientan los procesos y no cuentan. */
const warming = 3;
const watched = 24;

/** Lo que va del COMMIT de un cambio a su marco. */
interface Samples {
  /** De la mutación, que tenancy acepta en una transacción. */
  readonly mutations: number[];
  /** De un paso que el trabajador anota: su buzón, tenancy y el buzón de tenancy. */
  readonly steps: number[];
}

const keyOf = (operationId: string, step: string, state: string): string => `${operationId} ${step} ${state}`;

/** Cuándo escribió el trabajador cada paso de una instancia: su reloj justo antes del COMMIT. */
const factsOf = (workersUrl: string, instanceId: string): Promise<ReadonlyMap<string, number>> =>
  visitDatabase(workersUrl, 'bench', async (client) => {
    const { rows } = await client.query<{ operation: string; step: string; state: string; at: Date }>(
      `SELECT data->>'operationId' AS operation, data->'step'->>'name' AS step, data->'step'->>'state' AS state,
         occurred_at AS at
       FROM outbox WHERE name = 'OperationStepChanged' AND data->>'instanceId' = $1`,
      [instanceId],
    );
    return new Map(
      rows.map(({ operation, step, state, at }) => [keyOf(operation, step, state), at.getTime()]),
    );
  });

/** De lo que pasó antes de que llegara la foto no se sabe cuánto habría tardado: el suscriptor aún no estaba. */
function collect(
  { arrivals }: StatusWatcher,
  facts: ReadonlyMap<string, number>,
  { mutations, steps }: Samples,
): void {
  const [present, ...live] = arrivals;
  if (present === undefined) throw new Error('no llegó ni la foto');
  const told = new Set<string>(present.operation === null ? [] : [present.operation.id]);
  for (const { operation, step, occurredAt, arrivedAt } of live satisfies readonly Arrival[]) {
    if (operation === null) continue;
    if (step !== null) {
      const at = facts.get(keyOf(operation.id, step.name, step.state));
      if (at === undefined) throw new Error(`un marco sin su hecho: ${step.name} ${step.state}`);
      if (at > present.arrivedAt) steps.push(arrivedAt - at);
    } else if (!told.has(operation.id)) mutations.push(arrivedAt - Date.parse(occurredAt));
    told.add(operation.id);
  }
}

async function watchOne(stack: TestStack, customerId: string, into: Samples, own: boolean): Promise<void> {
  // Un token vive cinco minutos: cada instancia lleva el suyo.
  const operator = await stack.as('operator@farutech.test');
  const databaseTier = own ? 'ENTERPRISE' : 'STANDARD';
  const { id } = await provision(operator, { customerId, instanceCode: freshCode('bench'), databaseTier });
  const { subscriptionUrl, databases } = stack.file();
  const watcher = watchStatus(subscriptionUrl, operator.token, id);
  try {
    await watcher.until('ACTIVE');
    await operator.get('mutation($id: ID!) { suspendTenantInstance(id: $id, reason: "medir") { id } }', {
      id,
    });
    await watcher.until('SUSPENDED');
    await operator.get('mutation($id: ID!) { resumeTenantInstance(id: $id) { id } }', { id });
    await watcher.until('ACTIVE');
  } finally {
    await watcher.close();
  }
  collect(watcher, await factsOf(databases.workers ?? '', id), into);
}

const told = (sample: readonly number[]): string => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => quantile(sample, part).toFixed(0));
  return `${p50} / ${p95} / ${p99} ms (${sample.length})`;
};

/** Del COMMIT al marco en el gateway, con la pila entera y nada más que hacer. */
export async function measureCommitToStatus(say: (line: string) => void): Promise<Figures> {
  const stack = await startTestStack({ profile: 'full' });
  try {
    const customerId = await grupoExito(await stack.as('operator@farutech.test'));
    const samples: Samples = { mutations: [], steps: [] };
    for (let n = 0; n < warming; n += 1) {
      await watchOne(stack, customerId, { mutations: [], steps: [] }, n % 2 === 0);
    }
    for (let n = 0; n < watched; n += 1) {
      await watchOne(stack, customerId, samples, n % 2 === 0);
      say(`commit → status: ${n + 1} of ${watched} instances watched`);
    }
    const all = [...samples.mutations, ...samples.steps];
    return {
      'commit → status at the gateway, p50 / p95 / p99 (goal: p95 ≤ 100 ms)': told(all),
      'of them, a mutation committed by tenancy': told(samples.mutations),
      'of them, a step committed by the worker': told(samples.steps),
    };
  } finally {
    await stack.close();
  }
}
