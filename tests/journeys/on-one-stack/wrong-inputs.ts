import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { type Ledger, openLedger } from '../../support/ledger.ts';
import { type Args, breakagesOf, documentOf, mutationNames } from '../../support/mutations.ts';
import { sharedStack } from '../../support/shared-stack.ts';
import { brokenBy, type MutationCases } from '../../support/wrong-inputs/cases.ts';
import { catalogCases } from '../../support/wrong-inputs/catalog-cases.ts';
import { subscriptionCases } from '../../support/wrong-inputs/subscription-cases.ts';
import { tenancyCases } from '../../support/wrong-inputs/tenancy-cases.ts';
import { makeWorld, untilStill, type World } from '../../support/wrong-inputs/world.ts';

const table: MutationCases = { ...catalogCases, ...tenancyCases, ...subscriptionCases };
let world: World;
let ledger: Ledger;

beforeAll(async () => {
  const stack = sharedStack();
  ledger = await openLedger(stack);
  world = await makeWorld(stack);
  await untilStill(ledger);
}, 120_000);
afterAll(() => ledger?.close());

const auditTables = ['catalog', 'tenancy', 'subscription'].map((name) => `${name}.audit_entry`);
const auditRows = (read: Readonly<Record<string, string>>): number =>
  auditTables.reduce((sum, name) => sum + Number.parseInt(read[name] ?? '0', 10), 0);
const withoutAudit = (read: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(read).filter(([name]) => !auditTables.includes(name)));

interface Refusal {
  readonly code: string;
  readonly field?: string | undefined;
  /** Lo que el esquema rechaza no llega a ningún subgrafo: nadie lo apunta. */
  readonly audited: boolean;
}

/** Un solo error con su código y su campo; ni una fila cambia, salvo la que dice que se rechazó. */
async function expectRefusal(api: Api, mutation: string, args: Args, refusal: Refusal): Promise<void> {
  const before = await ledger.read();

  const { errors = [], data } = await api.ask(documentOf(mutation), args);

  const { code, field, audited } = refusal;
  const shown = errors.map(({ extensions }) => ({ code: extensions.code, field: extensions.field }));
  expect(shown).toEqual([{ code, field }]);
  expect(data ?? null).toBeNull();
  const after = await ledger.read();
  expect(withoutAudit(after)).toEqual(withoutAudit(before));
  expect(auditRows(after) - auditRows(before)).toBe(audited ? 1 : 0);
  const written = await ledger.auditOf(errors[0]?.extensions.correlationId ?? '');
  expect(written).toEqual(audited ? [{ action: mutation, outcome: 'REFUSED', code }] : []);
}

it('cada mutación del supergrafo tiene sus filas en la tabla, y ninguna sobra', () => {
  expect(Object.keys(table).toSorted()).toEqual(mutationNames.toSorted());
  for (const [mutation, { rows }] of Object.entries(table)) expect(rows.length, mutation).toBeGreaterThan(0);
});

describe.each(mutationNames.filter((name) => name in table))('%s', (mutation) => {
  const cases = table[mutation] ?? { right: () => ({}), rows: [] };

  it.each(cases.rows.map((row) => ({ row, why: row[0] })))('$why', async ({ row }) => {
    const [, , code, field, asker = 'operator'] = row;

    await expectRefusal(world[asker], mutation, brokenBy(row, cases, world), { code, field, audited: true });
  });

  it('quien solo mira no puede', async () => {
    await expectRefusal(world.viewer, mutation, cases.right(world), { code: 'FORBIDDEN', audited: true });
  });

  it.each(breakagesOf(mutation))('$field $why', async ({ field, apply }) => {
    const args = apply(cases.right(world));

    await expectRefusal(world.operator, mutation, args, { code: 'VALIDATION_FAILED', field, audited: false });
  });
});

const previewOf = (rest: string, features = '[]'): string =>
  `input: { planCode: "VET_PROFESSIONAL", includedFeatures: ${features}, ${rest} }`;

describe('una pregunta mal hecha', () => {
  it.each([
    ['página de 0', 'customers(first: 0) { totalCount }', 'VALIDATION_FAILED', 'first'],
    ['página de 101', 'tenantInstances(first: 101) { totalCount }', 'VALIDATION_FAILED', 'first'],
    ['cursor inventado', 'customers(after: "nada") { totalCount }', 'INVALID_CURSOR', 'after'],
    ['cursor de otra lista, roto', 'products(after: "djE6") { totalCount }', 'INVALID_CURSOR', 'after'],
    ['sin decir cuál', 'tenantInstance { id }', 'VALIDATION_FAILED', 'id'],
    ['sin plazas', `previewPlan(${previewOf('maxUsers: 0')}) { hash }`, 'VALIDATION_FAILED', 'maxUsers'],
    [
      'con una función de otro producto',
      `previewPlan(${previewOf('maxUsers: 5', '["POS_RETURNS"]')}) { hash }`,
      'FEATURE_NOT_IN_PRODUCT',
      'includedFeatures',
    ],
    [
      'cursor inventado de lo que cambiaría',
      `previewPlan(${previewOf('maxUsers: 5')}) { changes(after: "nada") { totalCount } }`,
      'INVALID_CURSOR',
      'after',
    ],
  ])('%s', async (_why, field, code, argument) => {
    expect(await world.operator.refusal(`{ ${field} }`)).toEqual({ code, field: argument });
  });

  // PostgreSQL no admite el carácter nulo en un texto, y medio carácter no tiene UTF-8: nunca un INTERNAL.
  it.each([
    'customers(search: $text) { totalCount }',
    'customer(id: $id) { id }',
    'tenantInstance(globalInstanceId: $text) { id }',
    'tenantInstances(filter: { productCode: $text }) { totalCount }',
    'operation(id: $id) { id }',
    'product(code: $text) { id }',
    'plan(code: $text) { id }',
    'plans(productCode: $text) { id }',
    'planVersions(code: $text) { id }',
    'planSubscription(id: $id) { id }',
    'previewPlan(input: { planCode: $text, includedFeatures: [], maxUsers: 1 }) { hash }',
    'planSubscriptions(filter: { planCode: $text }) { totalCount }',
    'effectiveFeatures(instanceId: $id) { version }',
  ])('con un carácter nulo: %s', async (field) => {
    const variable = field.includes('$id') ? '$id: ID!' : '$text: String!';

    for (const text of ['\0', 'VET\0', '\uD800']) {
      const refusal = await world.operator.refusal(`query(${variable}) { ${field} }`, { id: text, text });
      expect([undefined, 'NOT_FOUND', 'VALIDATION_FAILED'], `${refusal?.code}`).toContain(refusal?.code);
    }
  });
});
