import { readFile, stat } from 'node:fs/promises';
import { beforeAll, expect, inject, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { freshCode, grupoExito, provision } from '../support/instances.ts';
import { sharedStack } from '../support/shared.ts';

const nested = `query($first: Int!) { tenantInstances(first: $first) { edges { node {
  id status customer { legalName } product { name modules { code } }
  subscription { status plan { code includedFeatures { code } } featureOverrides { featureCode } }
  effectiveFeatures { enabled plan { name } }
  currentOperation { state steps { name } }
} } } }`;

let operator: Api;
beforeAll(async () => {
  operator = await sharedStack().as('operator@farutech.test');
  const customerId = await grupoExito(operator);
  const { tenantInstances } = await operator.get<{ tenantInstances: { totalCount: number } }>(
    '{ tenantInstances { totalCount } }',
  );
  const missing = Math.max(0, 50 - tenantInstances.totalCount);
  const made = await Promise.all(
    Array.from({ length: missing }, () => provision(operator, { customerId, instanceCode: freshCode('n') })),
  );
  await eventually(
    async () => {
      const answer = await operator.get<{
        tenantInstances: { edges: { node: { id: string; status: string } }[] };
      }>('{ tenantInstances(first: 100) { edges { node { id status } } } }');
      const waiting = answer.tenantInstances.edges.filter(({ node }) => node.status === 'PROVISIONING');
      expect(waiting).toEqual([]);
      expect(answer.tenantInstances.edges.length).toBeGreaterThanOrEqual(made.length);
    },
    { withinMs: 60_000 },
  );
}, 90_000);

/** Las sentencias de lectura que una petición deja en el registro de PostgreSQL, que las apunta todas. */
async function statementsOf(first: number): Promise<number> {
  const log = inject('sharedStack').postgresLog;
  const from = (await stat(log)).size;
  await operator.get(nested, { first });
  const lines = (await readFile(log, 'utf8')).slice(from).split('\n');
  return lines.filter((line) => /(execute|statement).*SELECT/.test(line) && isOfARequest(line)).length;
}

/** Los latidos del buzón, del diario y de las suscripciones vivas no son de la petición. */
const isOfARequest = (line: string): boolean => !/outbox|pg_|"?job"?|SELECT 1|feed/.test(line);

it('50 instancias con cliente, producto, suscripción y plan cuestan las mismas sentencias que 5', async () => {
  // La primera petición planifica y abre conexiones: no cuenta.
  await statementsOf(5);

  const [five, fifty] = [await statementsOf(5), await statementsOf(50)];

  expect(five).toBeGreaterThan(3);
  expect(fifty).toBe(five);
});
