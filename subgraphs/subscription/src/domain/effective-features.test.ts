import { describe, expect, it } from 'vitest';
import { override, retired, running, state } from '../testing/entitlements.ts';
import { after, dayMs } from '../testing/facts.ts';
import { effectiveFeatures, type FeatureCause } from './effective-features.ts';
import { type Entitlement, nothingKnown } from './entitlement.ts';
import { nextChangeAt } from './next-change.ts';

const now = after(10 * dayMs);
const enable = (featureCode: string) => override({ featureCode, overrideType: 'ENABLE' });
const disable = (featureCode: string) => override({ featureCode, overrideType: 'DISABLE' });

function answerFor(code: string, entitlement: Entitlement): string {
  const found = effectiveFeatures(entitlement, now).features.find((feature) => feature.code === code);
  if (found === undefined) return 'no se nombra';
  expect(found.cause).toBe(found.causes[0]);
  return `${found.enabled ? 'on' : 'off'}: ${found.causes.join(', ')}`;
}

const cancelledFrom = (at: Date) => [
  state({ validTo: at }),
  state({ status: 'CANCELLED', validFrom: at, reason: 'Mora', changedBy: 'billing' }),
];

type Example = readonly [name: string, code: string, entitlement: Entitlement, expected: string];
const off = (...causes: FeatureCause[]): string => `off: ${causes.join(', ')}`;
const on = (...causes: FeatureCause[]): string => `on: ${causes.join(', ')}`;

const examples: readonly Example[] = [
  ['VET_PROFESSIONAL trae BATCH_CONTROL', 'BATCH_CONTROL', running(), on('PLAN')],
  ['VET_PROFESSIONAL no trae LAB_RESULTS', 'LAB_RESULTS', running(), off('NOT_IN_PLAN')],
  [
    'Disable gana aunque el plan incluya BATCH_CONTROL',
    'BATCH_CONTROL',
    running({ overrides: [disable('BATCH_CONTROL')] }),
    off('OVERRIDE_DISABLE'),
  ],
  [
    'Enable enciende LAB_RESULTS aunque el plan no la traiga',
    'LAB_RESULTS',
    running({ overrides: [enable('LAB_RESULTS')] }),
    on('OVERRIDE_ENABLE'),
  ],
  [
    'Enable sobre lo que el plan ya trae tiene dos apoyos, y manda la excepción',
    'BATCH_CONTROL',
    running({ overrides: [enable('BATCH_CONTROL')] }),
    on('OVERRIDE_ENABLE', 'PLAN'),
  ],
  [
    'Disable sobre lo que el plan tampoco trae tiene dos frenos',
    'LAB_RESULTS',
    running({ overrides: [disable('LAB_RESULTS')] }),
    off('OVERRIDE_DISABLE', 'NOT_IN_PLAN'),
  ],
  [
    'una excepción caducada ya no cuenta',
    'BATCH_CONTROL',
    running({ overrides: [{ ...disable('BATCH_CONTROL'), validTo: now }] }),
    on('PLAN'),
  ],
  [
    'una excepción que empieza ahora ya cuenta',
    'BATCH_CONTROL',
    running({ overrides: [{ ...disable('BATCH_CONTROL'), validFrom: now }] }),
    off('OVERRIDE_DISABLE'),
  ],
  [
    'una función retirada está apagada aunque haya Enable',
    'BATCH_CONTROL',
    running({ features: retired('BATCH_CONTROL'), overrides: [enable('BATCH_CONTROL')] }),
    off('FEATURE_RETIRED'),
  ],
  [
    'sin pagar, ni el plan ni Enable encienden nada',
    'BATCH_CONTROL',
    running({ states: [state({ status: 'SUSPENDED' })], overrides: [enable('BATCH_CONTROL')] }),
    off('SUBSCRIPTION_SUSPENDED'),
  ],
  [
    'suscripción cancelada',
    'BATCH_CONTROL',
    running({ states: [state({ status: 'CANCELLED' })] }),
    off('SUBSCRIPTION_CANCELLED'),
  ],
  [
    'cancelada para mañana: hoy todavía vale',
    'BATCH_CONTROL',
    running({ states: cancelledFrom(after(11 * dayMs)) }),
    on('PLAN'),
  ],
  [
    'un milisegundo antes de la fecha de cancelación todavía vale',
    'BATCH_CONTROL',
    running({ states: cancelledFrom(new Date(+now + 1)) }),
    on('PLAN'),
  ],
  [
    'en el instante de la cancelación ya no vale, aunque nadie haya corrido',
    'BATCH_CONTROL',
    running({ states: cancelledFrom(now) }),
    off('SUBSCRIPTION_CANCELLED'),
  ],
  [
    'cancelada y además vencida',
    'BATCH_CONTROL',
    running({ states: [state({ status: 'CANCELLED', expiresAt: after(1) })] }),
    off('SUBSCRIPTION_CANCELLED', 'SUBSCRIPTION_EXPIRED'),
  ],
  [
    'reanudada vuelve a valer',
    'BATCH_CONTROL',
    running({
      states: [
        state({ status: 'SUSPENDED', validTo: after(9 * dayMs) }),
        state({ validFrom: after(9 * dayMs) }),
      ],
    }),
    on('PLAN'),
  ],
  [
    'suspendida y además vencida',
    'BATCH_CONTROL',
    running({ states: [state({ status: 'SUSPENDED', expiresAt: now })] }),
    off('SUBSCRIPTION_EXPIRED', 'SUBSCRIPTION_SUSPENDED'),
  ],
  [
    'norte retirada, y con ella su suscripción',
    'BATCH_CONTROL',
    running({
      states: [state({ status: 'CANCELLED' })],
      instance: { status: 'DECOMMISSIONED', provisionedAt: after(0) },
    }),
    off('SUBSCRIPTION_CANCELLED', 'INSTANCE_NOT_ACTIVE'),
  ],
  [
    'suscripción que empieza mañana',
    'BATCH_CONTROL',
    running({ states: [state({ startsAt: after(11 * dayMs) })] }),
    off('SUBSCRIPTION_NOT_STARTED'),
  ],
  [
    'suscripción que espera a que norte exista',
    'BATCH_CONTROL',
    running({
      states: [state({ status: 'PENDING' })],
      instance: { status: 'PROVISIONING', provisionedAt: null },
    }),
    off('SUBSCRIPTION_NOT_STARTED', 'INSTANCE_NOT_ACTIVE'),
  ],
  [
    'en el instante del vencimiento ya no vale',
    'BATCH_CONTROL',
    running({ states: [state({ expiresAt: now })] }),
    off('SUBSCRIPTION_EXPIRED'),
  ],
  [
    'un milisegundo antes de vencer todavía vale',
    'BATCH_CONTROL',
    running({ states: [state({ expiresAt: new Date(+now + 1) })] }),
    on('PLAN'),
  ],
  [
    'norte suspendida',
    'BATCH_CONTROL',
    running({ instance: { status: 'SUSPENDED', provisionedAt: after(0) } }),
    off('INSTANCE_NOT_ACTIVE'),
  ],
  [
    'norte ya aprovisionada aunque tenancy no haya dicho ACTIVE',
    'BATCH_CONTROL',
    running({ instance: { status: 'PROVISIONING', provisionedAt: after(0) } }),
    on('PLAN'),
  ],
  [
    'todo en contra: hay que deshacerlo todo',
    'LAB_RESULTS',
    running({
      states: [state({ status: 'SUSPENDED', expiresAt: after(1) })],
      instance: { status: 'FAILED', provisionedAt: null },
      features: retired('LAB_RESULTS'),
      overrides: [disable('LAB_RESULTS')],
    }),
    off(
      'SUBSCRIPTION_EXPIRED',
      'SUBSCRIPTION_SUSPENDED',
      'INSTANCE_NOT_ACTIVE',
      'FEATURE_RETIRED',
      'OVERRIDE_DISABLE',
      'NOT_IN_PLAN',
    ),
  ],
  [
    'sin suscripción no hay plan en el que no estar',
    'LAB_RESULTS',
    running({ states: [] }),
    off('NO_SUBSCRIPTION'),
  ],
  [
    'antes de que la suscripción existiera',
    'BATCH_CONTROL',
    running({ states: [state({ validFrom: after(20 * dayMs) })] }),
    off('NO_SUBSCRIPTION'),
  ],
];

describe('qué puede usar una instancia', () => {
  it.each(examples)('%s', (_name, code, entitlement, expected) => {
    expect(answerFor(code, entitlement)).toBe(expected);
  });

  it('nombra todas las funciones del producto, por código', () => {
    const { features } = effectiveFeatures(running(), now);

    expect(features.map(({ code }) => code)).toEqual(['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS']);
  });

  it('de lo que nadie sabe nada no hay plan, ni usuarios, ni funciones', () => {
    expect(effectiveFeatures(nothingKnown, now)).toEqual({ plan: null, maxUsers: 0, features: [] });
  });

  it('el plan y sus usuarios se dicen aunque esté suspendida', () => {
    const answer = effectiveFeatures(running({ states: [state({ status: 'SUSPENDED' })] }), now);

    expect([answer.plan?.code, answer.maxUsers]).toEqual(['VET_PROFESSIONAL', 25]);
  });

  it('una cancelación con fecha es el próximo cambio, y gana la que llegue antes: ella o el vencimiento', () => {
    const states = cancelledFrom(after(20 * dayMs));
    const withExpiry = (days: number) => states.map((one) => ({ ...one, expiresAt: after(days * dayMs) }));

    expect(nextChangeAt(running({ states }), now)).toEqual(after(20 * dayMs));
    expect(nextChangeAt(running({ states: withExpiry(30) }), now)).toEqual(after(20 * dayMs));
    expect(nextChangeAt(running({ states: withExpiry(15) }), now)).toEqual(after(15 * dayMs));
    expect(nextChangeAt(running({ states }), after(20 * dayMs))).toBeNull();
  });
});
