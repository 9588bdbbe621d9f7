import type { Contract } from '@farutech/contracts/contract';
import { streams } from '@farutech/contracts/streams';
import { describe, expect, it } from 'vitest';
import { allUses, covers, type Use, usesIn } from './contract-use.ts';
import { filesUnder, root } from './sources.ts';

interface Route {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Obligatorio cuando nadie lo atiende. */
  readonly because?: string;
}

const nothingToKeep =
  'lo que se apaga lo decide y lo enseña subscription; el plan y las plazas, que es lo que tenancy guarda, no cambian';

/** «Hechos y órdenes» de la casa: de quién es cada uno y quién hace algo con él. */
const routes: Readonly<Record<string, Route>> = {
  ProductChanged: { from: ['catalog'], to: ['tenancy', 'subscription'] },
  ModuleAdded: {
    from: ['catalog'],
    to: [],
    because: 'nadie proyecta módulos: lo que se enciende son características, y cada una dice su módulo',
  },
  FeatureAdded: { from: ['catalog'], to: ['subscription'] },
  FeatureChanged: { from: ['catalog'], to: ['subscription'] },
  FeatureRetired: { from: ['catalog'], to: ['subscription'] },
  PlanPublished: { from: ['catalog'], to: ['tenancy', 'subscription'] },
  PlanRetired: { from: ['catalog'], to: ['tenancy', 'subscription'] },
  CustomerRegistered: { from: ['tenancy'], to: ['subscription'] },
  CustomerChanged: { from: ['tenancy'], to: ['subscription'] },
  TenantInstanceRequested: { from: ['tenancy'], to: ['subscription'] },
  TenantInstanceStatusChanged: { from: ['tenancy'], to: ['tenancy', 'subscription'] },
  ProvisionTenantInstance: { from: ['tenancy'], to: ['provisioning'] },
  SuspendTenantInstance: { from: ['tenancy'], to: ['provisioning'] },
  ResumeTenantInstance: { from: ['tenancy'], to: ['provisioning'] },
  DecommissionTenantInstance: { from: ['tenancy'], to: ['provisioning'] },
  MoveTenantTier: { from: ['tenancy'], to: ['provisioning'] },
  MigrateTenantSchema: { from: ['tenancy'], to: ['provisioning'] },
  ConfirmTenantMove: { from: ['tenancy'], to: ['provisioning'] },
  RevertTenantMove: { from: ['tenancy'], to: ['provisioning'] },
  OperationStepChanged: { from: ['provisioning'], to: ['tenancy'] },
  // Tenancy lo repite si subscription no contesta: JetStream pudo perderlo.
  TenantInstanceProvisioned: { from: ['provisioning', 'tenancy'], to: ['tenancy', 'subscription'] },
  OperationSucceeded: { from: ['provisioning'], to: ['tenancy'] },
  TenantMovePrepared: { from: ['provisioning'], to: ['tenancy'] },
  TenantHomeMoved: { from: ['provisioning'], to: ['tenancy'] },
  OperationAwaitsConfirmation: { from: ['provisioning'], to: ['tenancy'] },
  OperationFailed: { from: ['provisioning'], to: ['tenancy'] },
  OperationCompensated: { from: ['provisioning'], to: ['tenancy'] },
  PlanSubscriptionActivated: { from: ['subscription'], to: ['tenancy'] },
  PlanSubscriptionChanged: { from: ['subscription'], to: ['tenancy'] },
  PlanSubscriptionSuspended: { from: ['subscription'], to: [], because: nothingToKeep },
  PlanSubscriptionResumed: { from: ['subscription'], to: [], because: nothingToKeep },
  PlanSubscriptionCancelled: { from: ['subscription'], to: [], because: nothingToKeep },
  PlanSubscriptionExpired: { from: ['subscription'], to: [], because: nothingToKeep },
};

const modules = await Promise.all(
  filesUnder('packages/contracts/src', /\.ts$/).map((file) => import(`${root}${file}`) as Promise<object>),
);
const isContract = (value: unknown): value is Contract =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'version' in value &&
  'aggregateId' in value;
const contracts = new Map<string, Contract>(
  modules.flatMap((module) =>
    Object.entries(module).filter((entry): entry is [string, Contract] => isContract(entry[1])),
  ),
);
/** El asunto con que viaja, con el mismo identificador en todas partes. */
const id = '018f0000-0000-7000-8000-000000000001';
const subjectOf = (contract: Contract): string => contract.subject(new Proxy({}, { get: () => id }));
const uses = allUses();
const ownersOf = (list: readonly Use[], contract: string): readonly string[] =>
  [...new Set(list.filter((use) => use.contract === contract).map(({ owner }) => owner))].toSorted();

describe('los contratos', () => {
  it('la tabla y packages/contracts nombran los mismos', () => {
    const names = [...contracts.values()].map(({ name }) => name);

    expect([...new Set(names)].toSorted()).toEqual(Object.keys(routes).toSorted());
  });

  it.each([...contracts])('%s tiene nombre, versión, forma, flujo y asunto', (key, contract) => {
    expect(contract.name).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(contract.name.toLowerCase().replace(/v\d+$/, '')).toBe(key.toLowerCase().replace(/v\d+$/, ''));
    expect(Number.isInteger(contract.version) && contract.version > 0).toBe(true);
    expect(contract.schema.safeParse).toBeTypeOf('function');
    expect(streams[contract.stream].subjects.some((filter) => covers(filter, subjectOf(contract)))).toBe(
      true,
    );
  });

  it('nombre y versión son únicos', () => {
    const pairs = [...contracts.values()].map(({ name, version }) => `${name} v${version}`);

    expect(pairs).toEqual([...new Set(pairs)]);
  });

  it('dos hechos no comparten asunto; dos órdenes, solo si son para el mismo trabajador', () => {
    const facts = [...contracts.values()].filter(({ stream }) => stream !== 'CMD');
    const namesBySubject = new Map(facts.map((fact) => [subjectOf(fact), fact.name]));
    const orders = [...contracts.values()].filter(({ stream }) => stream === 'CMD');

    expect(namesBySubject.size).toBe(new Set(facts.map(({ name }) => name)).size);
    for (const order of orders) {
      expect(subjectOf(order)).toBe(`farutech.cmd.${routes[order.name]?.to[0]}.${id}`);
    }
  });

  it('dos flujos no reclaman el mismo asunto', () => {
    const claims = Object.values(streams).flatMap(({ subjects }) => [...subjects]);

    for (const one of claims) {
      const others = claims.filter((other) => other !== one);
      expect(others.filter((other) => covers(one, other.replace('>', 'x')))).toEqual([]);
    }
  });
});

describe('quién cuenta y quién atiende', () => {
  it.each([...contracts].map(([key, contract]) => [contract.name, key] as const))('%s', (name, key) => {
    const { from, to, because } = routes[name] ?? { from: [], to: [] };

    expect({ from: ownersOf(uses.told, key), to: ownersOf(uses.handled, key) }).toEqual({
      from: from.toSorted(),
      to: to.toSorted(),
    });
    expect(to.length > 0 || (because ?? '').length > 20).toBe(true);
  });

  it('cada consumidor escucha los asuntos de lo que atiende', () => {
    const deaf = uses.handled.flatMap(({ contract: key, file, filters }) => {
      const contract = contracts.get(key);
      if (contract === undefined) return [];
      return filters.some((filter) => covers(filter, subjectOf(contract))) ? [] : [`${file}: ${key}`];
    });

    expect(deaf).toEqual([]);
  });

  it('lo que se da por perdido lo cuenta messaging y lo guarda tenancy', () => {
    expect(ownersOf(uses.handled, 'messageDeadLettered')).toEqual(['tenancy']);
  });
});

describe('cómo se miran las fuentes', () => {
  const file = 'subgraphs/catalog/src/example.ts';
  const source = `
    import { planPublished, planRetired as retired } from '@farutech/contracts/catalog';
    const facts = { GONE: retired };
    export const consumer = { filterSubject: 'farutech.event.catalog.>', handlers: [on(planPublished, keep)] };
    export const say = (kind) => [tell(kind ? planPublished : other, {}), tell(facts[kind], {})];`;

  it('se ve lo contado directamente, por condición y por tabla, y el filtro de quien atiende', () => {
    const { told, handled } = usesIn(file, source);

    expect(told.map(({ contract }) => contract)).toEqual(['planPublished', 'planRetired']);
    expect(handled).toEqual([
      { contract: 'planPublished', owner: 'catalog', file, filters: ['farutech.event.catalog.>'] },
    ]);
  });

  it.each([
    ['a.>', 'a.b.c', true],
    ['a.*', 'a.b', true],
    ['a.*.c', 'a.b.c', true],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a', false],
    ['a.b', 'a.c', false],
  ])('%s cubre %s: %s', (filter, subject, expected) => {
    expect(covers(filter, subject)).toBe(expected);
  });
});
