// Lo que corre ahora en esta pila, para que cada operación se pueda pulsar tal como está.

const query = `query WelcomeVariables {
  tenantInstances(first: 100, filter: { status: ACTIVE }) {
    edges { node { id customer { id } product { code } subscription { plan { code } } } }
  }
}`;

export const placeholders = `{
  // "instanceId": "…",
  // "input": {
  //   "customerId": "…",
  //   "productCode": "FARUTECH_VET",
  //   "planCode": "VET_BASIC",
  //   "instanceCode": "norte",
  //   "databaseTier": "STANDARD"
  // }
}`;

/** La más antigua de las activas: las de la demostración nacieron antes que las que se piden desde aquí. */
export async function variablesFor(run) {
  const { data } = await run({ query });
  const nodes = (data?.tenantInstances?.edges ?? []).map(({ node }) => node);
  const instance = nodes.findLast((node) => node.product !== null && node.subscription?.plan);
  if (instance === undefined) return placeholders;
  // Nuevo en cada visita: repetirlo es la misma petición, y otra visita es otra.
  const code = `demo-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  const input = {
    customerId: instance.customer.id,
    productCode: instance.product.code,
    planCode: instance.subscription.plan.code,
    instanceCode: code,
    databaseTier: 'STANDARD',
    idempotencyKey: code,
  };
  return JSON.stringify({ instanceId: instance.id, input }, null, 2);
}
