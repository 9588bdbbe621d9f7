import { operationSteps } from '@farutech/contracts/provisioning';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { freshCode, grupoExito, provision } from '../../support/instances.ts';
import { sharedStack } from '../../support/shared-stack.ts';

interface Frame {
  readonly cursor: string;
  readonly status: string;
  readonly message: string;
  readonly step: { name: string; state: string } | null;
  readonly instance: {
    id: string;
    status: string;
    product: { name: string };
    subscription: { status: string; plan: { code: string; version: number } } | null;
    effectiveFeatures: { enabled: string[] } | null;
  };
}

// Un solo conjunto de campos, de los tres subgrafos.
const watch = `subscription($id: ID!, $after: String) { provisioningStatus(instanceId: $id, after: $after) {
  cursor status message step { name state }
  instance { id status product { name } subscription { status plan { code version } } effectiveFeatures { enabled } }
} }`;

const endings = ['DONE', 'SKIPPED'];

describe.each(['STANDARD', 'ENTERPRISE'] as const)('ver nacer una instancia %s', (databaseTier) => {
  let operator: Api;
  let customerId: string;
  beforeAll(async () => {
    operator = await sharedStack().as('operator@farutech.test');
    customerId = await grupoExito(operator);
  });

  it('llega el presente, cada paso en orden y ACTIVE con todo encendido', async () => {
    const { id, status } = await provision(operator, {
      customerId,
      instanceCode: freshCode('norte'),
      databaseTier,
    });
    const live = operator.live<Frame>(watch, { id });

    const active = await live.until((frame) => frame.status === 'ACTIVE');

    expect(status).toBe('PROVISIONING');
    expect(live.frames[0]?.status).toBe('PROVISIONING');
    const finished = live.frames
      .filter(({ step }) => step !== null && endings.includes(step.state))
      .map(({ step }) => step?.name);
    // Quien llega tarde no ve los pasos anteriores a su foto, pero los que ve van seguidos y hasta el final.
    expect(finished).toEqual(operationSteps.PROVISION.slice(-finished.length));
    expect(active.instance).toMatchObject({
      status: 'ACTIVE',
      product: { name: expect.stringContaining('Vet') },
      subscription: { status: 'ACTIVE', plan: { code: 'VET_PROFESSIONAL' } },
    });
    expect(active.instance.effectiveFeatures?.enabled).toContain('BATCH_CONTROL');
    live.cut();
  });

  it('quien se reconecta con su cursor no ve nada dos veces ni se pierde nada', async () => {
    const { id } = await provision(operator, { customerId, instanceCode: freshCode('sur'), databaseTier });
    const whole = operator.live<Frame>(watch, { id });
    const first = await whole.until(() => true);

    const resumed = operator.live<Frame>(watch, { id, after: first.cursor });
    await Promise.all([whole, resumed].map((live) => live.until((frame) => frame.status === 'ACTIVE')));

    expect(resumed.frames.map(({ cursor }) => cursor)).toEqual(
      whole.frames.slice(1, resumed.frames.length + 1).map(({ cursor }) => cursor),
    );
    expect(new Set(whole.frames.map(({ cursor }) => cursor)).size).toBe(whole.frames.length);
    whole.cut();
    resumed.cut();
  });
});

describe('lo que no se puede ver en vivo', () => {
  it.each([
    ['una instancia que no existe', { id: '0198a000-0000-7000-8000-000000000000' }, 'NOT_FOUND'],
    ['un cursor inventado', { after: 'nada' }, 'INVALID_CURSOR'],
  ])('%s se rechaza con su código', async (_, variables, code) => {
    const operator = await sharedStack().as('operator@farutech.test');
    const { id } = await provision(operator, {
      customerId: await grupoExito(operator),
      instanceCode: freshCode('oeste'),
    });
    const live = operator.live<Frame>(watch, { id, ...variables });

    const end = await live.ended;

    expect(end).toMatchObject({ kind: 'refused', error: { extensions: { code } } });
  });
});
