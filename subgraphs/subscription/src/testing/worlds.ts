import fc from 'fast-check';
import type { Entitlement, InstanceStatus, SubscriptionStatus } from '../domain/entitlement.ts';
import { after, featureId } from './facts.ts';

const codes = ['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS'] as const;
/** Instantes de un rejilla de milisegundos: así se puede mirar cada uno de ellos. */
export const lastTick = 24;
export const tick = fc.integer({ min: 0, max: lastTick }).map(after);

/** Sin cargar los dados casi ningún mundo tendría algo encendido, y lo que lo enciende no se probaría. */
const early = fc.oneof({ weight: 3, arbitrary: fc.constant(after(0)) }, { weight: 1, arbitrary: tick });
const seldom = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: tick });

const plan = fc.record({
  planId: fc.constant('plan'),
  code: fc.constantFrom('VET_BASIC', 'VET_PROFESSIONAL'),
  version: fc.integer({ min: 1, max: 3 }),
  includedFeatures: fc.subarray([...codes]),
  maxUsers: fc.integer({ min: 1, max: 3 }),
});

const terms = fc.record({
  status: fc.constantFrom<SubscriptionStatus>(
    'PENDING',
    'ACTIVE',
    'ACTIVE',
    'ACTIVE',
    'SUSPENDED',
    'CANCELLED',
  ),
  startsAt: early,
  expiresAt: seldom,
  reason: fc.constant(null),
  changedBy: fc.constant(null),
  plan,
});

/** Tramos seguidos, desde que se supo de ella: una suscripción no tiene huecos. */
const states = fc
  .tuple(
    early,
    fc.array(fc.integer({ min: 1, max: lastTick }), { maxLength: 3 }),
    fc.boolean(),
    fc.infiniteStream(terms),
  )
  .map(([first, cuts, bought, stream]) => {
    const all = bought || cuts.length > 1 ? [+first - +after(0), ...cuts] : [];
    const starts = [...new Set(all)].sort((a, b) => a - b);
    return starts.map((from, index) => {
      const to = starts[index + 1];
      const { value } = stream.next();
      return { ...value, validFrom: after(from), validTo: to === undefined ? null : after(to) };
    });
  });

const overrideOf = (featureCode: string) =>
  fc.record({
    featureCode: fc.constant(featureCode),
    overrideType: fc.constantFrom('ENABLE' as const, 'DISABLE' as const),
    reason: fc.constant('porque sí'),
    createdBy: fc.constant('alguien'),
    validFrom: early,
    validTo: seldom,
  });

/** Una excepción cuelga de una suscripción: no rige antes que ella. */
const withOverrides = (base: Omit<Entitlement, 'overrides'>): fc.Arbitrary<Entitlement> => {
  const [first] = base.states;
  if (first === undefined) return fc.constant({ ...base, overrides: [] });
  return fc.tuple(...codes.map((code) => fc.option(overrideOf(code)))).map((overrides) => ({
    ...base,
    overrides: overrides
      .filter((it) => it !== null && it.validFrom >= first.validFrom)
      .filter((it) => it !== null),
  }));
};

export const world: fc.Arbitrary<Entitlement> = fc
  .record({
    instance: fc.option(
      fc.record({
        status: fc.constantFrom<InstanceStatus>(
          'ACTIVE',
          'ACTIVE',
          'ACTIVE',
          'PROVISIONING',
          'SUSPENDED',
          'DECOMMISSIONED',
        ),
        provisionedAt: fc.option(tick),
      }),
    ),
    states,
    features: fc
      .tuple(...codes.map((code) => fc.record({ code: fc.constant(code), retiredAt: seldom })))
      .map((features) => features.map((it) => ({ ...it, featureId: featureId(it.code) }))),
  })
  .chain(withOverrides);
