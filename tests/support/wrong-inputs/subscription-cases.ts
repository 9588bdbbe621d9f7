import { absent, type MutationCases, type Row } from './cases.ts';

const past = '2020-01-01T00:00:00Z';

const badIds = (field: string): readonly Row[] => [
  ['id de nadie', { [field]: absent }, 'NOT_FOUND', field],
  ['id que no es un UUID', { [field]: 'norte' }, 'VALIDATION_FAILED', field],
];
const badReasons: readonly Row[] = [
  ['sin razón', { reason: ' ' }, 'VALIDATION_FAILED', 'reason'],
  ['razón de 501 letras', { reason: 'x'.repeat(501) }, 'VALIDATION_FAILED', 'reason'],
  ['razón con un carácter nulo', { reason: 'impago\0' }, 'VALIDATION_FAILED', 'reason'],
];

export const subscriptionCases: MutationCases = {
  changePlan: {
    right: ({ subscriptions }) => ({ subscriptionId: subscriptions.active, planCode: 'WRONG_BASIC' }),
    rows: [
      ...badIds('subscriptionId'),
      ['plan de nadie', { planCode: 'NADA' }, 'NOT_FOUND', 'planCode'],
      ['plan con un carácter nulo', { planCode: 'WRONG_BASIC\0' }, 'NOT_FOUND', 'planCode'],
      ['plan de otro producto', { planCode: 'VET_PROFESSIONAL' }, 'PLAN_NOT_IN_PRODUCT', 'planCode'],
      ['plan retirado', { planCode: 'WRONG_OLD' }, 'PLAN_RETIRED', 'planCode'],
      ['el que ya tiene', { planCode: 'WRONG_TINY' }, 'ILLEGAL_TRANSITION', 'planCode'],
      ['en el pasado', { effectiveAt: past }, 'VALIDATION_FAILED', 'effectiveAt'],
      [
        'la cancelada',
        ({ subscriptions }) => ({ subscriptionId: subscriptions.cancelled, planCode: 'WRONG_TINY' }),
        'ILLEGAL_TRANSITION',
        'subscriptionId',
      ],
      ['clave de 129 letras', { idempotencyKey: 'x'.repeat(129) }, 'VALIDATION_FAILED', 'idempotencyKey'],
      ['clave con un salto', { idempotencyKey: 'a\nb' }, 'VALIDATION_FAILED', 'idempotencyKey'],
    ],
  },
  setFeatureOverride: {
    right: ({ subscriptions }) => ({
      input: {
        subscriptionId: subscriptions.active,
        featureCode: 'VIVA',
        overrideType: 'DISABLE',
        reason: 'Una prueba.',
      },
    }),
    rows: [
      ...badIds('subscriptionId'),
      ...badReasons,
      ['característica de nadie', { featureCode: 'NADA' }, 'FEATURE_NOT_IN_PRODUCT', 'featureCode'],
      [
        'característica con un carácter nulo',
        { featureCode: 'VIVA\0' },
        'FEATURE_NOT_IN_PRODUCT',
        'featureCode',
      ],
      [
        'característica de otro producto',
        { featureCode: 'BATCH_CONTROL' },
        'FEATURE_NOT_IN_PRODUCT',
        'featureCode',
      ],
      ['característica retirada', { featureCode: 'RETIRADA' }, 'FEATURE_RETIRED', 'featureCode'],
      ['acaba en el pasado', { expiresAt: past }, 'VALIDATION_FAILED', 'expiresAt'],
    ],
  },
  clearFeatureOverride: {
    right: ({ subscriptions }) => ({ subscriptionId: subscriptions.active, featureCode: 'VIVA' }),
    rows: [
      ...badIds('subscriptionId'),
      ['ninguna excepción sobre ella', { featureCode: 'VIVA' }, 'NOT_FOUND', 'featureCode'],
      ['característica de nadie', { featureCode: 'NADA' }, 'NOT_FOUND', 'featureCode'],
      ['característica con un carácter nulo', { featureCode: 'VIVA\0' }, 'NOT_FOUND', 'featureCode'],
    ],
  },
  suspendSubscription: {
    right: ({ subscriptions }) => ({ id: subscriptions.active, reason: 'Una prueba.' }),
    rows: [
      ...badIds('id'),
      ...badReasons,
      [
        'la que ya está suspendida',
        ({ subscriptions }) => ({ id: subscriptions.suspended }),
        'ILLEGAL_TRANSITION',
        'id',
      ],
      ['la cancelada', ({ subscriptions }) => ({ id: subscriptions.cancelled }), 'ILLEGAL_TRANSITION', 'id'],
    ],
  },
  resumeSubscription: {
    right: ({ subscriptions }) => ({ id: subscriptions.suspended }),
    rows: [
      ...badIds('id'),
      [
        'la que está activa',
        ({ subscriptions }) => ({ id: subscriptions.active }),
        'ILLEGAL_TRANSITION',
        'id',
      ],
      ['la cancelada', ({ subscriptions }) => ({ id: subscriptions.cancelled }), 'ILLEGAL_TRANSITION', 'id'],
    ],
  },
  cancelSubscription: {
    right: ({ subscriptions }) => ({ id: subscriptions.active, reason: 'Una prueba.' }),
    rows: [
      ...badIds('id'),
      ...badReasons,
      ['en el pasado', { effectiveAt: past }, 'VALIDATION_FAILED', 'effectiveAt'],
      [
        'la que ya lo está',
        ({ subscriptions }) => ({ id: subscriptions.cancelled }),
        'ILLEGAL_TRANSITION',
        'id',
      ],
      ['de otro cliente', {}, 'NOT_FOUND', 'id', 'customerAdmin'],
    ],
  },
  cancelScheduledChange: {
    right: ({ subscriptions }) => ({ id: subscriptions.expiry }),
    rows: [
      ...badIds('id'),
      ['el vencimiento, que es del contrato', {}, 'ILLEGAL_TRANSITION', 'id'],
      ['de otro cliente', {}, 'NOT_FOUND', 'id', 'customerAdmin'],
    ],
  },
};
