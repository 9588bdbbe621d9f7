import { operationSteps } from '@farutech/contracts/provisioning';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { grupoExito, provision } from '../support/instances.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

interface Frame {
  readonly status: string;
  readonly step: { name: string; state: string } | null;
}
const watch = `subscription($id: ID!) { provisioningStatus(instanceId: $id) { status step { name state } } }`;

const codeFor = (step: string): string => `muere-${step}`;

describe('kill -9 al trabajador en cada paso', () => {
  let stack: TestStack;
  let operator: Api;
  let customerId: string;
  beforeAll(async () => {
    // El trabajador recibe SIGKILL en mitad del paso, con la acción hecha y sin contar; un mensaje vuelve a los
    // 2 s de callar quien lo tenía, en vez de a los 30.
    const faults = operationSteps.PROVISION.map((step) => `${step}:crash@${codeFor(step)}`).join(',');
    stack = await startTestStack({
      profile: 'full',
      env: { ACK_WAIT_MS: '2000', PROVISIONING_FAULT: faults },
    });
    operator = await stack.as('operator@farutech.test');
    customerId = await grupoExito(operator);
  }, 120_000);
  afterAll(() => stack?.close(), 60_000);

  it.each(operationSteps.PROVISION)(
    'muerto en %s: una base, una activación, ACTIVE',
    async (step) => {
      const before = stack.pidOf('worker-provisioning');
      const { id } = await provision(operator, {
        customerId,
        instanceCode: codeFor(step),
        databaseTier: 'ENTERPRISE',
      });
      const live = operator.live<Frame>(watch, { id });

      await live.until((frame) => frame.status === 'ACTIVE');

      expect(stack.output()).toContain(`worker-provisioning (pid ${before}) died with SIGKILL`);
      expect(stack.pidOf('worker-provisioning')).not.toBe(before);
      const activations = live.frames.filter(({ status }) => status === 'ACTIVE');
      expect(activations).toHaveLength(1);
      expect(await databasesOf(stack, id)).toHaveLength(1);
      live.cut();
    },
    40_000,
  );
});

async function databasesOf(stack: TestStack, instanceId: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.file().databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE datname LIKE $1',
      [`t_${instanceId.replaceAll('-', '')}%`],
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}
