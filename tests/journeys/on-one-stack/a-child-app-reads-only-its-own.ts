import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { sharedStack } from '../../support/shared-stack.ts';
import type { StackView } from '../../support/stack.ts';

interface Instances {
  readonly tenantInstances: { edges: { node: { id: string } }[] };
}

const allInstances = '{ tenantInstances(first: 100) { edges { node { id } } } }';
const absent = '0198a000-0000-7000-8000-000000000000';

describe('una aplicación hija', () => {
  let stack: StackView;
  let own: string;
  let foreign: string;
  let app: Api;
  beforeAll(async () => {
    stack = sharedStack();
    const operator = await stack.as('operator@farutech.test');
    const { tenantInstances } = await operator.get<Instances>(allInstances);
    own = tenantInstances.edges[0]?.node.id ?? '';
    foreign = tenantInstances.edges[1]?.node.id ?? '';
    app = await stack.app(own);
  });

  it('lee la suya y no ve que haya otras', async () => {
    const { tenantInstances } = await app.get<Instances>(allInstances);

    expect(tenantInstances.edges.map(({ node }) => node.id)).toEqual([own]);
  });

  it.each(['effectiveFeatures(instanceId: $id) { version }', 'tenantInstance(id: $id) { id }'])(
    'lo ajeno y lo que no existe se ven igual: %s',
    async (field) => {
      const query = `query($id: ID!) { ${field} }`;
      const withoutTrace = async (id: string) => {
        const { data, errors } = await app.ask(query, { id });
        return {
          data,
          errors: errors?.map(({ message, extensions }) => [message, extensions.code, extensions.field]),
        };
      };

      const [ofAnother, ofNobody] = [await withoutTrace(foreign), await withoutTrace(absent)];

      expect(ofAnother).toEqual(ofNobody);
    },
  );

  it('no puede vender, ni cambiar excepciones, ni mirar a los clientes', async () => {
    const refusals = await Promise.all(
      [
        'mutation { registerCustomer(input: { legalName: "X S.A.S.", taxId: "1", billingEmail: "a@b.test", country: "CO" }) { id } }',
        `mutation { clearFeatureOverride(subscriptionId: "${absent}", featureCode: "BATCH_CONTROL") { id } }`,
        'mutation { applyProductManifest(manifest: {}) { applied } }',
      ].map((mutation) => app.refusal(mutation)),
    );

    expect(refusals.map((refusal) => refusal?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  });

  it('directamente en un subgrafo su token no vale: solo la palabra del gateway', async () => {
    const { subgraphUrls } = stack.file();
    const answers = await Promise.all(
      Object.values(subgraphUrls).map(async (url) => {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${app.token}`,
            'x-farutech-internal': app.token,
          },
          body: JSON.stringify({ query: '{ __typename }' }),
        });
        return ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]
          ?.extensions.code;
      }),
    );

    expect(answers).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });

  it('sin token, o con uno manoseado, no hay nada que ver', async () => {
    const { gatewayUrl } = stack.file();
    const codes = await Promise.all(
      ['', `Bearer ${app.token.slice(0, -4)}AAAA`].map(async (authorization) => {
        const response = await fetch(gatewayUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(authorization !== '' && { authorization }) },
          body: JSON.stringify({ query: '{ viewer { sub } }' }),
        });
        return ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]
          ?.extensions.code;
      }),
    );

    expect(codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });
});
