import { absent, type MutationCases, type Row } from './cases.ts';

const badIds = (field: string): readonly Row[] => [
  ['id de nadie', { [field]: absent }, 'NOT_FOUND', field],
  ['id que no es un UUID', { [field]: 'exito' }, 'VALIDATION_FAILED', field],
];
const badTexts: readonly Row[] = [
  ['nombre de una letra', { legalName: ' X ' }, 'VALIDATION_FAILED', 'legalName'],
  ['nombre de 201 letras', { legalName: 'x'.repeat(201) }, 'VALIDATION_FAILED', 'legalName'],
  ['nombre con un carácter nulo', { legalName: 'Veterinaria\0' }, 'VALIDATION_FAILED', 'legalName'],
  ['correo sin arroba', { billingEmail: 'nadie' }, 'VALIDATION_FAILED', 'billingEmail'],
  ['correo con dos arrobas', { billingEmail: 'a@b@c.test' }, 'VALIDATION_FAILED', 'billingEmail'],
  ['correo con un carácter nulo', { billingEmail: 'a\0@b.test' }, 'VALIDATION_FAILED', 'billingEmail'],
];
const badKeys: readonly Row[] = [
  ['clave de idempotencia vacía', { idempotencyKey: '' }, 'VALIDATION_FAILED', 'idempotencyKey'],
  ['clave que no es ASCII', { idempotencyKey: 'ñ' }, 'VALIDATION_FAILED', 'idempotencyKey'],
  ['clave de 129 letras', { idempotencyKey: 'k'.repeat(129) }, 'VALIDATION_FAILED', 'idempotencyKey'],
  [
    'clave que ya se usó con otra entrada',
    ({ usedKey }) => ({ idempotencyKey: usedKey }),
    'IDEMPOTENCY_KEY_REUSED',
    'idempotencyKey',
  ],
];
const foreign = (field: string): Row => [
  'de otro cliente',
  ({ customerId, tenants }) => ({ [field]: field === 'instanceId' ? tenants.full : customerId }),
  'NOT_FOUND',
  field,
  'customerAdmin',
];
const notActive: Row = [
  'instancia que no está activa',
  ({ tenants }) => ({ instanceId: tenants.off }),
  'ILLEGAL_TRANSITION',
  'instanceId',
];
const badReasons: readonly Row[] = [
  ['sin razón', { reason: ' ' }, 'VALIDATION_FAILED', 'reason'],
  ['razón de 501 letras', { reason: 'x'.repeat(501) }, 'VALIDATION_FAILED', 'reason'],
  ['razón con un carácter nulo', { reason: 'impago\0' }, 'VALIDATION_FAILED', 'reason'],
];
const strange: Row = ['de otro cliente', {}, 'NOT_FOUND', 'id', 'customerAdmin'];
const off: Row = [
  'la que ya está apagada',
  ({ tenants }) => ({ id: tenants.off }),
  'ILLEGAL_TRANSITION',
  'id',
];
const noMove: Row = ['la que no es un traslado', {}, 'ILLEGAL_TRANSITION', 'operationId'];
const user = (change: object) => ({
  input: { email: 'ana@wrong.test', displayName: 'Ana', role: 'ADMIN', ...change },
});
const setting = (change: object) => ({ settings: [{ key: 'invoice.locale', value: 'es-CO', ...change }] });

export const tenancyCases: MutationCases = {
  registerCustomer: {
    right: () => ({
      input: {
        legalName: 'Veterinaria Nueva S.A.S.',
        taxId: '900555666-1',
        billingEmail: 'hola@nueva.test',
        country: 'CO',
      },
    }),
    rows: [
      ...badTexts,
      ...badKeys,
      ['NIT con dígito de control falso', { taxId: '900555666-9' }, 'INVALID_TAX_ID', 'taxId'],
      ['NIT sin dígito de control', { taxId: '900555666' }, 'INVALID_TAX_ID', 'taxId'],
      ['NIT vacío', { taxId: '' }, 'INVALID_TAX_ID', 'taxId'],
      ['NIT con un carácter nulo', { taxId: '900555666-1\0' }, 'INVALID_TAX_ID', 'taxId'],
      ['RFC de un día que no existe', { country: 'MX', taxId: 'GODE560230GR8' }, 'INVALID_TAX_ID', 'taxId'],
      ['RUC con dígito de control falso', { country: 'PE', taxId: '20100070971' }, 'INVALID_TAX_ID', 'taxId'],
      ['número de otro país, sin cifras', { country: 'ES', taxId: 'SOLOLETRAS' }, 'INVALID_TAX_ID', 'taxId'],
      ['NIT de un cliente que ya está', { taxId: '890.900.608-9' }, 'TAX_ID_TAKEN', 'taxId'],
      ['país que no existe', { country: 'XX' }, 'VALIDATION_FAILED', 'country'],
      ['país en tres letras', { country: 'COL' }, 'VALIDATION_FAILED', 'country'],
    ],
  },
  updateCustomer: {
    right: ({ customerId }) => ({ input: { id: customerId, legalName: 'Otro Nombre S.A.S.' } }),
    rows: [...badIds('id'), ...badTexts, foreign('id')],
  },
  deactivateCustomer: {
    right: ({ customerId }) => ({ id: customerId }),
    rows: [
      ...badIds('id'),
      ['el que ya no está activo', ({ inactiveId }) => ({ id: inactiveId }), 'ILLEGAL_TRANSITION', 'id'],
    ],
  },
  reactivateCustomer: {
    right: ({ inactiveId }) => ({ id: inactiveId }),
    rows: [
      ...badIds('id'),
      ['el que está activo', ({ customerId }) => ({ id: customerId }), 'ILLEGAL_TRANSITION', 'id'],
    ],
  },
  provisionTenantInstance: {
    right: ({ customerId }) => ({
      input: {
        customerId,
        productCode: 'FARUTECH_VET',
        planCode: 'VET_PROFESSIONAL',
        instanceCode: 'nueva',
        databaseTier: 'STANDARD',
      },
    }),
    rows: [
      ...badIds('customerId'),
      ...badKeys,
      foreign('customerId'),
      [
        'cliente inactivo',
        ({ inactiveId }) => ({ customerId: inactiveId }),
        'CUSTOMER_INACTIVE',
        'customerId',
      ],
      ['código que no es una etiqueta DNS', { instanceCode: 'Norte!' }, 'VALIDATION_FAILED', 'instanceCode'],
      ['código de 31 letras', { instanceCode: 'n'.repeat(31) }, 'VALIDATION_FAILED', 'instanceCode'],
      ['código que acaba en guion', { instanceCode: 'norte-' }, 'VALIDATION_FAILED', 'instanceCode'],
      ['código que el cliente ya usa', { instanceCode: 'full' }, 'INSTANCE_CODE_TAKEN', 'instanceCode'],
      ['producto que no existe', { productCode: 'FARUTECH_NADA' }, 'NOT_FOUND', 'productCode'],
      ['producto con un carácter nulo', { productCode: 'FARUTECH_VET\0' }, 'NOT_FOUND', 'productCode'],
      ['plan que no existe', { planCode: 'VET_NADA' }, 'NOT_FOUND', 'planCode'],
      ['plan con un carácter nulo', { planCode: 'VET_BASIC\0' }, 'NOT_FOUND', 'planCode'],
      ['plan de otro producto', { planCode: 'ERP_BASIC' }, 'PLAN_NOT_IN_PRODUCT', 'planCode'],
      ['plan retirado', { productCode: 'FARUTECH_WRONG', planCode: 'WRONG_OLD' }, 'PLAN_RETIRED', 'planCode'],
      ['vence antes de empezar', { expiresAt: '2020-01-01T00:00:00Z' }, 'VALIDATION_FAILED', 'expiresAt'],
      [
        'vence cuando empieza',
        { startsAt: '2099-01-01T00:00:00Z', expiresAt: '2099-01-01T00:00:00Z' },
        'VALIDATION_FAILED',
        'expiresAt',
      ],
    ],
  },
  suspendTenantInstance: {
    right: ({ tenants }) => ({ id: tenants.full, reason: 'Una prueba.' }),
    rows: [...badIds('id'), ...badReasons, strange, off],
  },
  resumeTenantInstance: {
    right: ({ tenants }) => ({ id: tenants.off }),
    rows: [
      ...badIds('id'),
      strange,
      ['la que está activa', ({ tenants }) => ({ id: tenants.full }), 'ILLEGAL_TRANSITION', 'id'],
    ],
  },
  decommissionTenantInstance: {
    right: ({ tenants }) => ({ id: tenants.full, reason: 'Una prueba.' }),
    rows: [...badIds('id'), ...badReasons],
  },
  moveTenantTier: {
    right: ({ tenants }) => ({ id: tenants.full, to: 'ENTERPRISE' }),
    rows: [...badIds('id'), ['al nivel en que ya vive', { to: 'STANDARD' }, 'ILLEGAL_TRANSITION', 'to']],
  },
  confirmTenantMove: {
    right: ({ doneOperationId }) => ({ operationId: doneOperationId }),
    rows: [...badIds('operationId'), noMove],
  },
  revertTenantMove: {
    right: ({ doneOperationId }) => ({ operationId: doneOperationId }),
    rows: [...badIds('operationId'), noMove],
  },
  migrateTenantSchema: {
    right: ({ tenants }) => ({ instanceId: tenants.full }),
    rows: badIds('instanceId'),
  },
  retryOperation: {
    right: ({ doneOperationId }) => ({ operationId: doneOperationId }),
    rows: [...badIds('operationId'), ['la que acabó bien', {}, 'ILLEGAL_TRANSITION', 'operationId']],
  },
  setTenantSettings: {
    right: ({ tenants }) => ({ instanceId: tenants.full, ...setting({}) }),
    rows: [
      ...badIds('instanceId'),
      foreign('instanceId'),
      notActive,
      ['ninguna', { settings: [] }, 'VALIDATION_FAILED', 'settings'],
      [
        '51 a la vez',
        { settings: Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, value: n })) },
        'VALIDATION_FAILED',
        'settings',
      ],
      ['clave vacía', setting({ key: '' }), 'VALIDATION_FAILED', 'key'],
      ['clave con espacios', setting({ key: 'mi clave' }), 'VALIDATION_FAILED', 'key'],
      ['clave de 65 letras', setting({ key: 'k'.repeat(65) }), 'VALIDATION_FAILED', 'key'],
      [
        'una clave dos veces',
        { settings: [...setting({}).settings, ...setting({}).settings] },
        'VALIDATION_FAILED',
        'key',
      ],
      ['valor con un carácter nulo', setting({ value: { a: 'b\0' } }), 'VALIDATION_FAILED', 'value'],
      ['valor de más de 16 KB', setting({ value: 'x'.repeat(17_000) }), 'VALIDATION_FAILED', 'value'],
    ],
  },
  addTenantUser: {
    right: ({ tenants }) => ({ instanceId: tenants.roomy, ...user({}) }),
    rows: [
      ['instancia de nadie', { instanceId: absent }, 'NOT_FOUND', 'instanceId'],
      ['instancia que no es un UUID', { instanceId: 'norte' }, 'VALIDATION_FAILED', 'instanceId'],
      foreign('instanceId'),
      notActive,
      ['correo sin arroba', user({ email: 'ana' }), 'VALIDATION_FAILED', 'email'],
      ['sin nombre', user({ displayName: ' ' }), 'VALIDATION_FAILED', 'displayName'],
      ['nombre de 121 letras', user({ displayName: 'x'.repeat(121) }), 'VALIDATION_FAILED', 'displayName'],
      ['papel vacío', user({ role: '' }), 'VALIDATION_FAILED', 'role'],
      ['papel con un carácter nulo', user({ role: 'ADMIN\0' }), 'VALIDATION_FAILED', 'role'],
      ['quien ya está', user({ email: 'Primera@wrong.test' }), 'TENANT_USER_EXISTS', 'email'],
      [
        'una persona más que el plan',
        ({ tenants }) => ({ instanceId: tenants.full, ...user({}) }),
        'SEAT_LIMIT_REACHED',
        undefined,
      ],
    ],
  },
  removeTenantUser: {
    right: ({ tenants }) => ({ instanceId: tenants.full, userId: tenants.userOfFull }),
    rows: [
      ...badIds('instanceId'),
      ...badIds('userId'),
      foreign('instanceId'),
      [
        'alguien de otra instancia',
        ({ tenants }) => ({ userId: tenants.userOfRoomy }),
        'NOT_FOUND',
        'userId',
      ],
    ],
  },
  replayDeadLetter: {
    right: () => ({ id: absent }),
    rows: badIds('id'),
  },
  discardDeadLetter: {
    right: () => ({ id: absent, reason: 'Una prueba.' }),
    rows: [...badIds('id'), ...badReasons],
  },
};
