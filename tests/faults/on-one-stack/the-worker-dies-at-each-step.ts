import { operationSteps } from '@farutech/contracts/provisioning';
import { afterAll, expect, it } from 'vitest';
import { visitDatabase } from '../../../packages/messaging/src/visit-database.ts';
import { deadlyCode, type InFaultWorld } from '../../support/fault-world.ts';
import { provision } from '../../support/instances.ts';
import { expectOracleClean } from '../../support/oracle.ts';

interface Frame {
  readonly status: string;
  readonly step: { name: string; state: string } | null;
}
const watch = `subscription($id: ID!) { provisioningStatus(instanceId: $id) { status step { name state } } }`;

const databasesOf = (serverUrl: string, instanceId: string): Promise<readonly string[]> =>
  visitDatabase(serverUrl, 'fault-world', async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE datname LIKE $1',
      [`t_${instanceId.replaceAll('-', '')}%`],
    );
    return rows.map(({ datname }) => datname);
  });

export function theWorkerDiesAtEachStep(world: InFaultWorld): void {
  afterAll(() => expectOracleClean(world().stack), 60_000);

  it.each(operationSteps.PROVISION)(
    'muerto en %s: una base, una activación, ACTIVE',
    async (step) => {
      const { stack, postgres, operator, customerId } = world();
      const before = stack.pidOf('worker-provisioning');
      const { id } = await provision(operator, {
        customerId,
        instanceCode: deadlyCode(step),
        databaseTier: 'ENTERPRISE',
      });
      const live = operator.live<Frame>(watch, { id });

      await live.until((frame) => frame.status === 'ACTIVE');

      expect(stack.output()).toContain(`worker-provisioning (pid ${before}) died with SIGKILL`);
      expect(stack.pidOf('worker-provisioning')).not.toBe(before);
      const activations = live.frames.filter(({ status }) => status === 'ACTIVE');
      expect(activations).toHaveLength(1);
      expect(await databasesOf(postgres.adminUrl, id)).toHaveLength(1);
      live.cut();
    },
    40_000,
  );
}
