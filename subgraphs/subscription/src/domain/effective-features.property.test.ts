import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after } from '../testing/facts.ts';
import { lastTick, tick, world } from '../testing/worlds.ts';
import { answerText } from './answer-version.ts';
import { effectiveFeatures, type FeatureCause, featureCauses } from './effective-features.ts';
import type { Entitlement, SubscriptionTerms } from './entitlement.ts';
import { nextChangeAt } from './next-change.ts';

const numRuns = 600;
const holds = (it: { validFrom: Date; validTo: Date | null }, at: Date): boolean =>
  +it.validFrom <= +at && (it.validTo === null || +at < +it.validTo);

/** La regla dicha otra vez, de la manera más ingenua. */
function isOn({ instance, states, features, overrides }: Entitlement, code: string, at: Date): boolean {
  const now = states.find((it) => holds(it, at));
  if (now?.status !== 'ACTIVE') return false;
  if (+at < +now.startsAt) return false;
  if (now.expiresAt !== null && +at >= +now.expiresAt) return false;
  if (instance === null) return false;
  if (instance.status !== 'ACTIVE' && !(instance.status === 'PROVISIONING' && instance.provisionedAt))
    return false;
  const retiredAt = features.find((it) => it.code === code)?.retiredAt;
  if (retiredAt && +retiredAt <= +at) return false;
  const exception = overrides.find((it) => it.featureCode === code && holds(it, at));
  return exception ? exception.overrideType === 'ENABLE' : now.plan.includedFeatures.includes(code);
}

const changeTerms = (
  it: Entitlement,
  at: Date,
  change: (terms: SubscriptionTerms) => Partial<SubscriptionTerms>,
) => ({
  ...it,
  states: it.states.map((state) => (holds(state, at) ? { ...state, ...change(state) } : state)),
});

const without = (it: Entitlement, code: string): Entitlement => ({
  ...it,
  overrides: it.overrides.filter(({ featureCode }) => featureCode !== code),
});

/** Qué es deshacer cada causa: que deje de darse, y nada más. */
const undo: Record<FeatureCause, (it: Entitlement, code: string, at: Date) => Entitlement> = {
  NO_SUBSCRIPTION: (it, code, at) => ({
    ...it,
    states: [
      {
        status: 'ACTIVE',
        startsAt: at,
        expiresAt: null,
        validFrom: at,
        validTo: null,
        reason: null,
        changedBy: null,
        plan: { planId: 'p', code: 'VET_BASIC', version: 1, maxUsers: 1, includedFeatures: [code] },
      },
    ],
  }),
  SUBSCRIPTION_CANCELLED: (it, _code, at) => changeTerms(it, at, () => ({ status: 'ACTIVE' })),
  SUBSCRIPTION_NOT_STARTED: (it, _code, at) =>
    changeTerms(it, at, ({ status, startsAt }) => ({
      status: status === 'PENDING' ? 'ACTIVE' : status,
      startsAt: +startsAt > +at ? at : startsAt,
    })),
  SUBSCRIPTION_EXPIRED: (it, _code, at) => changeTerms(it, at, () => ({ expiresAt: null })),
  SUBSCRIPTION_SUSPENDED: (it, _code, at) => changeTerms(it, at, () => ({ status: 'ACTIVE' })),
  INSTANCE_NOT_ACTIVE: (it) => ({ ...it, instance: { status: 'ACTIVE', provisionedAt: null } }),
  FEATURE_RETIRED: (it, code) => ({
    ...it,
    features: it.features.map((feature) =>
      feature.code === code ? { ...feature, retiredAt: null } : feature,
    ),
  }),
  OVERRIDE_DISABLE: without,
  OVERRIDE_ENABLE: without,
  PLAN: (it, code, at) =>
    changeTerms(it, at, ({ plan }) => ({
      plan: { ...plan, includedFeatures: plan.includedFeatures.filter((included) => included !== code) },
    })),
  NOT_IN_PLAN: (it, code, at) =>
    changeTerms(it, at, ({ plan }) => ({
      plan: { ...plan, includedFeatures: [...plan.includedFeatures, code] },
    })),
};

const enabledIn = (it: Entitlement, code: string, at: Date): boolean | undefined =>
  effectiveFeatures(it, at).features.find((feature) => feature.code === code)?.enabled;

function subsets<T>(all: readonly T[]): T[][] {
  const made: T[][] = [[]];
  for (const one of all) made.push(...made.map((subset) => [...subset, one]));
  return made;
}

describe('en cualquier mundo', () => {
  it('dice lo mismo que la regla contada de la manera más ingenua', () => {
    fc.assert(
      fc.property(world, tick, (it, at) => {
        for (const { code, enabled } of effectiveFeatures(it, at).features)
          expect(enabled).toBe(isOn(it, code, at));
      }),
      { numRuns },
    );
  });

  it('deshacer juntas todas las causas cambia la función; deshacer solo algunas, no', () => {
    fc.assert(
      fc.property(world, tick, (it, at) => {
        for (const { code, enabled, cause, causes } of effectiveFeatures(it, at).features) {
          expect(cause).toBe(causes[0]);
          expect(causes).toEqual(featureCauses.filter((known) => causes.includes(known)));
          for (const some of subsets(causes)) {
            const undone = some.reduce((now, one) => undo[one](now, code, at), it);
            expect(enabledIn(undone, code, at) !== enabled, `${code}: ${some}`).toBe(
              some.length === causes.length,
            );
          }
        }
      }),
      { numRuns },
    );
  });

  it('nextChangeAt es el primer instante con otra respuesta, y null si no lo hay', () => {
    fc.assert(
      fc.property(world, tick, (it, at) => {
        const textAt = (instant: Date): string => answerText(effectiveFeatures(it, instant));
        const grid = Array.from({ length: lastTick + 2 }, (_, ms) => after(ms));
        const expected = grid.find((instant) => +instant > +at && textAt(instant) !== textAt(at)) ?? null;

        expect(nextChangeAt(it, at)).toEqual(expected);
      }),
      { numRuns },
    );
  });

  it('la versión no depende del orden en que la base da las filas', () => {
    fc.assert(
      fc.property(world, tick, (it, at) => {
        const reversed = {
          ...it,
          states: it.states.toReversed(),
          features: it.features.toReversed(),
          overrides: it.overrides.toReversed(),
        };

        expect(answerText(effectiveFeatures(reversed, at))).toBe(answerText(effectiveFeatures(it, at)));
      }),
    );
  });

  it('quitar una excepción devuelve la respuesta que había antes de ponerla', () => {
    fc.assert(
      fc.property(world, tick, (it, at) => {
        const before = without(it, 'BATCH_CONTROL');
        const exception = {
          featureCode: 'BATCH_CONTROL',
          overrideType: 'DISABLE' as const,
          reason: '',
          createdBy: '',
        };
        const during = {
          ...before,
          overrides: [...before.overrides, { ...exception, validFrom: at, validTo: null }],
        };

        expect(answerText(effectiveFeatures(without(during, 'BATCH_CONTROL'), at))).toBe(
          answerText(effectiveFeatures(before, at)),
        );
      }),
    );
  });
});
