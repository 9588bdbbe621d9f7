import { absent, type MutationCases, type Row } from './cases.ts';

const long = 'x'.repeat(121);
const badCodes = (field: string): readonly Row[] => [
  ['código en minúsculas', { [field]: 'vet' }, 'VALIDATION_FAILED', field],
  ['código vacío', { [field]: '' }, 'VALIDATION_FAILED', field],
  ['código de 65 letras', { [field]: 'A'.repeat(65) }, 'VALIDATION_FAILED', field],
];
const badNames: readonly Row[] = [
  ['nombre vacío', { name: ' ' }, 'VALIDATION_FAILED', 'name'],
  ['nombre de 121 letras', { name: long }, 'VALIDATION_FAILED', 'name'],
  ['nombre con un carácter nulo', { name: 'Vet\0' }, 'VALIDATION_FAILED', 'name'],
];
/** En catalog un texto que no es un UUID no identifica nada: lo mismo que no estar. */
const badIds = (field: string): readonly Row[] => [
  ['id de nadie', { [field]: absent }, 'NOT_FOUND', field],
  ['id que no es un UUID', { [field]: 'vet' }, 'NOT_FOUND', field],
];

const module = { code: 'UNO', name: 'Uno', features: [{ code: 'UNA', name: 'Una' }] };
const plan = {
  code: 'WRONG_NEW',
  name: 'Nuevo',
  type: 'STANDARD',
  price: '1.00',
  includedFeatures: ['UNA'],
  maxUsers: 1,
};
const manifest = { code: 'FARUTECH_NUEVO', name: 'Nuevo', modules: [module], plans: [plan] };
const inModule = (change: object) => ({ manifest: { ...manifest, modules: [{ ...module, ...change }] } });
const inPlan = (change: object) => ({ manifest: { ...manifest, plans: [{ ...plan, ...change }] } });

export const catalogCases: MutationCases = {
  createProduct: {
    right: () => ({ input: { code: 'FARUTECH_OTRO', name: 'Otro' } }),
    rows: [
      ...badCodes('code'),
      ...badNames,
      ['código de otro producto', { code: 'FARUTECH_VET' }, 'PRODUCT_CODE_TAKEN', 'code'],
      ['descripción de 2001 letras', { description: 'x'.repeat(2_001) }, 'VALIDATION_FAILED', 'description'],
      ['versión con espacios', { version: 'la última' }, 'VALIDATION_FAILED', 'version'],
    ],
  },
  updateProduct: {
    right: ({ productId }) => ({ input: { productId, name: 'Otro nombre' } }),
    rows: [
      ...badIds('productId'),
      ...badNames,
      ['versión vacía', { version: '' }, 'VALIDATION_FAILED', 'version'],
      ['descripción con un carácter nulo', { description: '\0' }, 'VALIDATION_FAILED', 'description'],
    ],
  },
  addModule: {
    right: ({ productId }) => ({ input: { productId, code: 'DOS', name: 'Dos' } }),
    rows: [
      ...badIds('productId'),
      ...badCodes('code'),
      ...badNames,
      ['código de otro módulo suyo', { code: 'UNO' }, 'MODULE_CODE_TAKEN', 'code'],
    ],
  },
  addFeature: {
    right: ({ moduleId }) => ({ input: { moduleId, code: 'TERCERA', name: 'Tercera' } }),
    rows: [
      ...badIds('moduleId'),
      ...badCodes('code'),
      ...badNames,
      ['código de otra característica', { code: 'VIVA' }, 'FEATURE_CODE_TAKEN', 'code'],
      ['código de una retirada', { code: 'RETIRADA' }, 'FEATURE_CODE_TAKEN', 'code'],
      ['descripción de 2001 letras', { description: 'x'.repeat(2_001) }, 'VALIDATION_FAILED', 'description'],
    ],
  },
  retireFeature: {
    right: ({ liveFeatureId }) => ({ featureId: liveFeatureId }),
    rows: badIds('featureId'),
  },
  publishPlan: {
    right: ({ productId }) => ({
      input: {
        productId,
        code: 'WRONG_BASIC',
        name: 'Básico',
        type: 'STANDARD',
        price: '10.00',
        includedFeatures: ['VIVA'],
        maxUsers: 3,
      },
    }),
    rows: [
      ...badIds('productId'),
      ...badCodes('code'),
      ...badNames,
      ['plan de otro producto', { code: 'VET_BASIC' }, 'PLAN_NOT_IN_PRODUCT', 'code'],
      ['precio bajo cero', { price: '-1' }, 'VALIDATION_FAILED', 'price'],
      ['más decimales que la moneda', { price: '1.001' }, 'VALIDATION_FAILED', 'price'],
      ['moneda que no existe', { currency: 'PESOS' }, 'VALIDATION_FAILED', 'currency'],
      [
        'característica de nadie',
        { includedFeatures: ['NADA'] },
        'FEATURE_NOT_IN_PRODUCT',
        'includedFeatures',
      ],
      [
        'característica de otro producto',
        { includedFeatures: ['BATCH_CONTROL'] },
        'FEATURE_NOT_IN_PRODUCT',
        'includedFeatures',
      ],
      ['característica retirada', { includedFeatures: ['RETIRADA'] }, 'FEATURE_RETIRED', 'includedFeatures'],
      ['característica mal escrita', { includedFeatures: ['viva'] }, 'VALIDATION_FAILED', 'includedFeatures'],
      ['sin usuarios', { maxUsers: 0 }, 'VALIDATION_FAILED', 'maxUsers'],
      ['demasiados usuarios', { maxUsers: 1_000_001 }, 'VALIDATION_FAILED', 'maxUsers'],
    ],
  },
  retirePlan: {
    right: () => ({ code: 'WRONG_BASIC' }),
    rows: [
      ['plan de nadie', { code: 'WRONG_NADA' }, 'NOT_FOUND', 'code'],
      ['código mal escrito', { code: 'wrong basic' }, 'NOT_FOUND', 'code'],
    ],
  },
  applyProductManifest: {
    right: () => ({ manifest }),
    rows: [
      ['no es un documento', { manifest: 'texto' }, 'VALIDATION_FAILED', 'manifest'],
      ['una lista', { manifest: [] }, 'VALIDATION_FAILED', 'manifest'],
      ['vacío', { manifest: {} }, 'VALIDATION_FAILED', 'manifest.code'],
      ['algo que sobra', { manifest: { ...manifest, precio: 1 } }, 'VALIDATION_FAILED', 'manifest.precio'],
      ['módulo mal escrito', inModule({ code: 'uno' }), 'VALIDATION_FAILED', 'manifest.modules[0].code'],
      [
        'módulo repetido',
        { manifest: { ...manifest, modules: [module, { ...module, features: [] }] } },
        'MODULE_CODE_TAKEN',
        'manifest.modules[1].code',
      ],
      [
        'característica repetida',
        inModule({ features: [module.features[0], module.features[0]] }),
        'FEATURE_CODE_TAKEN',
        'manifest.modules[0].features[1].code',
      ],
      [
        'plan repetido',
        { manifest: { ...manifest, plans: [plan, plan] } },
        'PLAN_CODE_TAKEN',
        'manifest.plans[1].code',
      ],
      ['precio en número', inPlan({ price: 1 }), 'VALIDATION_FAILED', 'manifest.plans[0].price'],
      [
        'plan con una característica de nadie',
        inPlan({ includedFeatures: ['NADA'] }),
        'FEATURE_NOT_IN_PRODUCT',
        'manifest.plans[0].includedFeatures[0]',
      ],
      [
        'plan de otro producto',
        inPlan({ code: 'VET_BASIC' }),
        'PLAN_NOT_IN_PRODUCT',
        'manifest.plans[0].code',
      ],
      [
        'se deja un módulo con características vivas',
        {
          manifest: { ...manifest, code: 'FARUTECH_WRONG', modules: [{ ...module, code: 'DOS' }], plans: [] },
        },
        'MODULE_HAS_LIVE_FEATURES',
        'manifest.modules',
      ],
      ['en un ensayo se rechaza igual', { manifest: {}, dryRun: true }, 'VALIDATION_FAILED', 'manifest.code'],
    ],
  },
};
