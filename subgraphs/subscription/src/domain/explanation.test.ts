import { describe, expect, it } from 'vitest';
import { override, retired, running, state } from '../testing/entitlements.ts';
import { after, dayMs } from '../testing/facts.ts';
import { effectiveFeatures } from './effective-features.ts';
import { type Entitlement, nothingKnown } from './entitlement.ts';
import { explain } from './explanation.ts';

const now = after(10 * dayMs);

function told(code: string, entitlement: Entitlement, forStaff = false): string {
  const feature = effectiveFeatures(entitlement, now).features.find((one) => one.code === code);
  if (feature === undefined) throw new TypeError(code);
  return explain(feature, entitlement, now, forStaff);
}

const disabled = running({ overrides: [override({ validTo: after(31 * dayMs) })] });

describe('por qué', () => {
  it('el cliente lee desde cuándo, y que su plan la traería, pero ni quién ni por qué motivo', () => {
    expect(told('BATCH_CONTROL', disabled)).toBe(
      'BATCH_CONTROL is off since 2026-03-01: disabled for this customer until 2026-04-01; VET_PROFESSIONAL v1 would include it.',
    );
  });

  it('el personal lee además quién y por qué', () => {
    expect(told('BATCH_CONTROL', disabled, true)).toBe(
      'BATCH_CONTROL is off since 2026-03-01: disabled for this customer until 2026-04-01 by operator@farutech.test, reason: Mora de 60 días; VET_PROFESSIONAL v1 would include it.',
    );
  });

  it('de una suspensión o una cancelación, quién y por qué son solo para el personal', () => {
    const decided = {
      reason: 'Mora de 60 días',
      changedBy: 'billing@farutech.test',
      validFrom: after(2 * dayMs),
    };
    const suspended = running({ states: [state({ status: 'SUSPENDED', ...decided })] });
    const cancelled = running({ states: [state({ status: 'CANCELLED', ...decided })] });

    expect(told('BATCH_CONTROL', suspended)).toBe(
      'BATCH_CONTROL is off since 2026-03-03: the subscription is suspended.',
    );
    expect(told('BATCH_CONTROL', cancelled)).toBe(
      'BATCH_CONTROL is off since 2026-03-03: the subscription is cancelled.',
    );
    expect(told('BATCH_CONTROL', suspended, true)).toBe(
      'BATCH_CONTROL is off since 2026-03-03: the subscription is suspended by billing@farutech.test, reason: Mora de 60 días.',
    );
  });

  it.each<[string, string, Entitlement]>([
    ['BATCH_CONTROL is on: VET_PROFESSIONAL v1 includes it.', 'BATCH_CONTROL', running()],
    ['LAB_RESULTS is off: VET_PROFESSIONAL v1 does not include it.', 'LAB_RESULTS', running()],
    [
      'LAB_RESULTS is on since 2026-03-01: enabled for this customer.',
      'LAB_RESULTS',
      running({ overrides: [override({ featureCode: 'LAB_RESULTS', overrideType: 'ENABLE' })] }),
    ],
    [
      'BATCH_CONTROL is off: the subscription starts on 2026-03-21.',
      'BATCH_CONTROL',
      running({ states: [state({ startsAt: after(20 * dayMs) })] }),
    ],
    [
      'BATCH_CONTROL is off: the subscription has not been activated yet; the instance is PROVISIONING.',
      'BATCH_CONTROL',
      running({
        states: [state({ status: 'PENDING' })],
        instance: { status: 'PROVISIONING', provisionedAt: null },
      }),
    ],
    [
      'BATCH_CONTROL is off since 2026-03-03: the subscription has expired.',
      'BATCH_CONTROL',
      running({ states: [state({ expiresAt: after(2 * dayMs) })] }),
    ],
    [
      'BATCH_CONTROL is off since 2026-03-02: the feature was retired from the product.',
      'BATCH_CONTROL',
      running({ features: retired('BATCH_CONTROL', dayMs) }),
    ],
    [
      'BATCH_CONTROL is off: this instance has no subscription; the instance is not known yet.',
      'BATCH_CONTROL',
      { ...nothingKnown, features: running().features },
    ],
  ])('%s', (expected, code, entitlement) => {
    expect(told(code, entitlement)).toBe(expected);
  });
});
