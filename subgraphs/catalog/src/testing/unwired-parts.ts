import type { CatalogSchemaParts } from '../graphql/schema.ts';

const unused = (): never => {
  throw new TypeError('aquí solo se mira el esquema: nada se ejecuta');
};

/** Para imprimir el esquema, o mirarlo, sin base de datos. */
export const unwiredParts: CatalogSchemaParts = {
  unitOfWork: unused,
  newId: unused,
  clock: unused,
  queries: {
    listProducts: unused,
    countProducts: unused,
    findProduct: unused,
    newestPlans: unused,
    planVersions: unused,
    findPlan: unused,
  },
};
