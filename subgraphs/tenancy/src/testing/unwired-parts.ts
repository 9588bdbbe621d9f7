import type { TenancySchemaParts } from '../graphql/schema.ts';

const unused = (): never => {
  throw new TypeError('aquí solo se mira el esquema: nada se ejecuta');
};

/** Para imprimir el esquema, o mirarlo, sin base de datos. */
export const unwiredParts: TenancySchemaParts = {
  unitOfWork: { change: unused, react: unused, reactAll: unused },
  tenantDesk: { change: unused },
  learnOffer: unused,
  newId: unused,
  clock: unused,
  tenantDomain: 'tenants.farutech.test',
  feeds: { status: { open: unused }, changes: { open: unused } },
};
