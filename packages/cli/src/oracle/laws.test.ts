import { describe, expect, it } from 'vitest';
import { judge, type LawOptions } from './laws.ts';
import type { SeenInstance, SeenOperation, Sighting } from './sighting.ts';

const now = new Date('2026-11-24T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
const own = (letter: string): string => `t_${letter.repeat(32)}`;

const born = (id: string, at = ago(900)): Pick<Sighting, 'transitions' | 'audits'> => ({
  transitions: [
    { instanceId: id, version: 1, status: 'PROVISIONING', at },
    { instanceId: id, version: 9, status: 'ACTIVE', at },
  ],
  audits: [
    { instanceId: id, action: 'provisionTenantInstance', status: null, at },
    { instanceId: id, action: 'TenantInstanceProvisioned', status: 'ACTIVE', at },
  ],
});
const operation = (over: Partial<SeenOperation> = {}): SeenOperation => ({
  id: 'alta',
  instanceId: 'norte',
  kind: 'PROVISION',
  state: 'SUCCEEDED',
  startedAt: ago(900),
  movedAt: ago(900),
  ...over,
});

// Norte, Standard y en pie: todo en su sitio.
const healthy: Sighting = {
  now,
  instances: [{ id: 'norte', status: 'ACTIVE', tier: 'STANDARD' }],
  operations: [operation()],
  jobs: [],
  homes: [{ tenantId: 'norte', databaseId: 'shared', tier: 'STANDARD' }],
  gates: [{ tenantId: 'norte', databaseId: 'shared', state: 'OPEN' }],
  reservations: [{ instanceId: 'norte', databaseName: 'shared', tier: 'STANDARD', dropAfter: null }],
  databases: [],
  roles: [],
  tenantRows: [{ databaseId: 'shared', table: 'tenant_setting', tenantId: 'norte' }],
  subdomains: [{ host: 'norte.farutech.test', instanceId: 'norte' }],
  ...born('norte'),
  provisioned: [{ operationId: 'alta', times: 1 }],
  unsent: [{ database: 'tenancy', rows: 0 }],
  consumers: [{ stream: 'CMD', durable: 'provisioning', filterSubject: '', waiting: 0, atWork: 0 }],
  deadLetters: [],
};
const onlyInstance = (status: SeenInstance['status']): Pick<Sighting, 'instances'> => ({
  instances: [{ id: 'norte', status, tier: 'STANDARD' }],
});
const moving = operation({ id: 'traslado', kind: 'MOVE_TIER', startedAt: ago(30), movedAt: ago(1) });
const incoming = { instanceId: 'norte', databaseName: own('a'), tier: 'ENTERPRISE', dropAfter: null };

const sentences = (over: Partial<Sighting>, options: Partial<LawOptions> = {}): readonly string[] =>
  judge({ ...healthy, ...over }, { quietForMs: 60_000, strict: false, ...options }).flatMap(
    ({ found, toldOnly }) => (toldOnly ? [] : found),
  );

describe('lo que está en su sitio', () => {
  it.each<[string, Partial<Sighting>]>([
    ['norte en pie', {}],
    [
      'un alta que se mueve',
      { operations: [operation(), operation({ id: 'x', state: 'RUNNING', movedAt: ago(5) })] },
    ],
    [
      'un traslado que espera a que lo confirmen',
      {
        operations: [operation(), { ...moving, state: 'AWAITING_CONFIRMATION', movedAt: ago(80_000) }],
        homes: [{ tenantId: 'norte', databaseId: own('a'), tier: 'ENTERPRISE' }],
        gates: [
          { tenantId: 'norte', databaseId: 'shared', state: 'MOVED' },
          { tenantId: 'norte', databaseId: own('a'), state: 'LOGGING' },
        ],
        reservations: [...healthy.reservations, incoming],
        databases: [own('a')],
        roles: [own('a')],
      },
    ],
    [
      'el instante entre que la puerta cambia y la casa lo sabe',
      {
        operations: [operation(), { ...moving, state: 'RUNNING' }],
        gates: [
          { tenantId: 'norte', databaseId: 'shared', state: 'MOVED' },
          { tenantId: 'norte', databaseId: own('a'), state: 'LOGGING' },
        ],
        reservations: [...healthy.reservations, incoming],
        databases: [own('a')],
        roles: [own('a')],
      },
    ],
    [
      'un alta fallida sin deshacer, que se puede reintentar',
      {
        ...onlyInstance('FAILED'),
        operations: [operation({ state: 'FAILED' })],
        homes: [],
        transitions: [
          { instanceId: 'norte', version: 1, status: 'PROVISIONING', at: ago(900) },
          { instanceId: 'norte', version: 5, status: 'FAILED', at: ago(800) },
        ],
        audits: [
          { instanceId: 'norte', action: 'provisionTenantInstance', status: null, at: ago(900) },
          { instanceId: 'norte', action: 'OperationFailed', status: 'FAILED', at: ago(800) },
        ],
        provisioned: [],
      },
    ],
    [
      'una baja cuyos datos esperan su plazo',
      {
        ...onlyInstance('DECOMMISSIONED'),
        homes: [],
        gates: [{ tenantId: 'norte', databaseId: 'shared', state: 'MOVED' }],
        reservations: [
          { instanceId: 'norte', databaseName: 'shared', tier: 'STANDARD', dropAfter: ago(-600) },
        ],
        operations: [operation(), operation({ id: 'baja', kind: 'DECOMMISSION', startedAt: ago(10) })],
      },
    ],
    ['una historia podada por delante', { transitions: [], audits: [] }],
  ])('%s', (_, over) => {
    expect(sentences(over)).toEqual([]);
  });
});

describe('lo que no', () => {
  it.each<[string, Partial<Sighting>, RegExp]>([
    [
      'una operación callada',
      { operations: [operation({ state: 'RUNNING', movedAt: ago(61) })] },
      /^PROVISION alta is RUNNING/,
    ],
    [
      'un diario que sigue cuando la operación acabó',
      { jobs: [{ operationId: 'alta', state: 'RUNNING', leaseUntil: ago(90) }] },
      /^the journal has alta RUNNING/,
    ],
    ['sin casa', { homes: [] }, /^norte is ACTIVE and has no home/],
    [
      'se escribe en dos sitios',
      { gates: [...healthy.gates, { tenantId: 'norte', databaseId: own('a'), state: 'OPEN' }] },
      /^norte is ACTIVE and can be written in shared and t_a+$/,
    ],
    [
      'se le envía donde no se puede escribir',
      { gates: [{ tenantId: 'norte', databaseId: own('a'), state: 'OPEN' }] },
      /^norte is sent to shared and can be written in t_a+$/,
    ],
    [
      'dado de baja y con la puerta abierta',
      { ...onlyInstance('DECOMMISSIONED'), homes: [] },
      /^norte is DECOMMISSIONED and can be written in shared$/,
    ],
    [
      'una puerta de nadie',
      { gates: [...healthy.gates, { tenantId: 'sur', databaseId: 'shared', state: 'OPEN' }] },
      /^sur has a gate/,
    ],
    ['una base que nadie reservó', { databases: [own('b')] }, /^database t_b+ is reserved by nobody$/],
    ['un rol que nadie reservó', { roles: [own('b')] }, /^role t_b+ is reserved by nobody$/],
    [
      'lo reservado para quien se dio de baja',
      { ...onlyInstance('DECOMMISSIONED'), homes: [], gates: [] },
      /^shared is reserved for norte, which is DECOMMISSIONED$/,
    ],
    [
      'una baja cuyo plazo pasó hace dos horas',
      {
        ...onlyInstance('DECOMMISSIONED'),
        homes: [],
        gates: [],
        reservations: [
          { instanceId: 'norte', databaseName: 'shared', tier: 'STANDARD', dropAfter: ago(7_200) },
        ],
      },
      /which should have been dropped$/,
    ],
    [
      'la casa vieja de un traslado confirmado',
      { reservations: [...healthy.reservations, incoming] },
      /^t_a+ is reserved for norte, which lives in the STANDARD tier$/,
    ],
    [
      'filas en la base de otro',
      {
        tenantRows: [
          ...healthy.tenantRows,
          { databaseId: own('c'), table: 'tenant_user', tenantId: 'norte' },
        ],
      },
      /^tenant_user of t_c+ has rows of norte, not reserved there$/,
    ],
    [
      'un nombre público de quien no tiene nada',
      { subdomains: [{ host: 'x.test', instanceId: 'sur' }] },
      /^x\.test points to sur/,
    ],
    [
      'dos activaciones',
      {
        transitions: [
          ...healthy.transitions,
          { instanceId: 'norte', version: 10, status: 'PROVISIONING', at: ago(900) },
          { instanceId: 'norte', version: 11, status: 'ACTIVE', at: ago(900) },
        ],
      },
      /^norte is ACTIVE and became ACTIVE 2 times$/,
    ],
    [
      'dicho dos veces en pie',
      { provisioned: [{ operationId: 'alta', times: 2 }] },
      /^operation alta told 2 times/,
    ],
    ['en el buzón', { unsent: [{ database: 'tenancy', rows: 3 }] }, /^tenancy has 3$/],
    [
      'sin auditar',
      { audits: healthy.audits.slice(0, 1) },
      /^norte became ACTIVE \(version 9\) and no line says so$/,
    ],
    [
      'una línea no vale por dos cambios',
      {
        transitions: [
          ...healthy.transitions,
          { instanceId: 'norte', version: 12, status: 'ACTIVE', at: ago(900) },
        ],
      },
      /^norte became ACTIVE \(version 12\) and no line says so$/,
    ],
    [
      'por atender',
      { consumers: [{ stream: 'CMD', durable: 'provisioning', filterSubject: '', waiting: 1, atWork: 2 }] },
      /^provisioning has 1 waiting and 2 at work$/,
    ],
  ])('%s', (_, over, says) => {
    expect(sentences(over)).toContainEqual(expect.stringMatching(says));
  });

  it('suspender y reanudar no es activar otra vez', () => {
    const at = ago(100);
    const transitions = [
      ...healthy.transitions,
      { instanceId: 'norte', version: 12, status: 'SUSPENDED' as const, at },
      { instanceId: 'norte', version: 15, status: 'ACTIVE' as const, at },
    ];
    const audits = [
      ...healthy.audits,
      { instanceId: 'norte', action: 'OperationSucceeded', status: 'SUSPENDED', at },
      { instanceId: 'norte', action: 'OperationSucceeded', status: 'ACTIVE', at },
    ];

    expect(sentences({ transitions, audits })).toEqual([]);
  });

  it('una carta muerta abierta se cuenta, y solo con --strict es una falta', () => {
    const deadLetters = [{ id: '1', worker: 'provisioning', code: 'FAULT_INJECTED' }];

    expect(sentences({ deadLetters })).toEqual([]);
    expect(sentences({ deadLetters }, { strict: true })).toEqual(['1 of provisioning: FAULT_INJECTED']);
  });
});
