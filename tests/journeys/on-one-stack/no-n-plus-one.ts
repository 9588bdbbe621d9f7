import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSupergraph } from '../../../gateway/src/live/supergraph.ts';
import type { Api } from '../../support/api.ts';
import { makeManyOfEverything } from '../../support/many-of-everything.ts';
import { type NestedQuery, nestedQueries } from '../../support/nested-queries.ts';
import { sharedStack } from '../../support/shared-stack.ts';
import { type LoggedStatement, openStatementLog, type StatementLog } from '../../support/statement-log.ts';

const supergraph = readFileSync(new URL('../../../gateway/supergraph.graphql', import.meta.url), 'utf8');
const inner = 2;
/** Lo que una petición puede repetir si el sistema hizo algo suyo entre medias. */
const tries = 4;

/** Viven en la base de cada inquilino y en una consulta caben 20. La compartida se pregunta una vez por todos. */
const perTenant: ReadonlySet<string> = new Set(['TenantInstance.settings', 'TenantInstance.users']);
const mostTenants = 20;
/** Por aquí no hay filas: nada está en marcha. Las mismas listas se miden por otro camino. */
const unfilled: ReadonlySet<string> = new Set(['TenantInstance.currentOperation']);

// Los códigos los fija makeManyOfEverything: aquí hacen falta antes de que exista, para nombrar cada prueba.
const queries = nestedQueries(loadSupergraph(supergraph).apiSchema, {
  maxLists: 3,
  inner,
  sizes: (path) => ({ few: 2, many: path.some((field) => perTenant.has(field)) ? mostTenants / inner : 20 }),
  roots: {
    'Query.plans': { few: '(productCode: "MANY_0")', many: '(productCode: "MANY_PLANS")' },
    'Query.planVersions': { few: '(code: "MANY_0_BASIC")', many: '(code: "MANY_1_BASIC")' },
  },
  objects: {
    'Query.previewPlan': '(input: { planCode: "MANY_0_BASIC", includedFeatures: ["ONE_B"], maxUsers: 5 })',
  },
});

let operator: Api;
let log: StatementLog;
beforeAll(async () => {
  const stack = sharedStack();
  log = await openStatementLog({ adminUrl: stack.env.DATABASE_URL ?? '', logFile: stack.postgresLog });
  operator = await stack.as('operator@farutech.test');
  await makeManyOfEverything(operator, stack.file().databases.tenancy ?? '');
}, 240_000);
afterAll(() => log.close());

/** Los latidos del buzón, del diario, del reloj y de las suscripciones vivas no son de la petición. */
const ofTheSystem = /\b(?:outbox|job|job_step|schedule|feed|processed_message|pg_[a-z_]+|oidc_payload)\b/;
const isRead = ({ sql }: LoggedStatement): boolean =>
  /^(?:SELECT|WITH)\b/i.test(sql) && !ofTheSystem.test(sql) && !/^SELECT 1$/.test(sql);

interface Cost {
  readonly statements: readonly string[];
  readonly rows: number;
}

async function costOf(nested: NestedQuery, size: 'few' | 'many'): Promise<Cost> {
  let rows = 0;
  const statements = await log.during(async () => {
    rows = nested.rows(await operator.get(nested[size]));
  });
  return { rows, statements: statements.filter(isRead).map(({ sql }) => sql) };
}

/** Lo que cuestan pocas y muchas filas. Lo del sistema que se cuele suma unas pocas: si parecen de más, se miran otra vez las dos. */
async function compare(nested: NestedQuery): Promise<{ few: Cost; many: Cost }> {
  for (let time = 1; ; time += 1) {
    const cost = { few: await costOf(nested, 'few'), many: await costOf(nested, 'many') };
    if (time === tries || cost.many.statements.length <= cost.few.statements.length) return cost;
  }
}

describe('muchas filas cuestan las mismas sentencias que pocas', () => {
  it.each(queries)('$name', async (nested) => {
    const cost = await compare(nested);

    expect(cost.few.statements.length).toBeGreaterThan(0);
    expect(cost.many.statements.length, report(cost)).toBeLessThanOrEqual(cost.few.statements.length);
    // Sin filas de más, que cuesten lo mismo no diría nada.
    if (nested.path.some((field) => unfilled.has(field))) return;
    expect(cost.many.rows).toBeGreaterThan(cost.few.rows);
  });
});

/** Lo que se repite, primero. */
function report({ few: small, many: large }: { few: Cost; many: Cost }): string {
  const times = new Map<string, number>();
  for (const sql of large.statements) times.set(sql, (times.get(sql) ?? 0) + 1);
  const repeated = [...times].toSorted(([, a], [, b]) => b - a).slice(0, 3);
  const counts = `${small.rows} filas: ${small.statements.length} sentencias; ${large.rows}: ${large.statements.length}`;
  return [counts, ...repeated.map(([sql, count]) => `${count} × ${sql}`)].join('\n');
}

it('las consultas pasan por todas las listas de la API', () => {
  const fields = new Set(queries.flatMap(({ path }) => path));

  expect(fields.size).toBeGreaterThanOrEqual(17);
  expect([...unfilled].filter((field) => !fields.has(field))).toEqual([]);
});
