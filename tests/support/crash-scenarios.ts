import { randomUUID } from 'node:crypto';
import type { Order } from '../../workers/src/provisioning/job.ts';
import { aRequest, type ProvisionOrder } from '../../workers/src/testing/provisioning-world.ts';
import type { CrashLane } from './crash-lane.ts';

/** Lo que se interrumpe. */
export interface CrashScenario {
  readonly name: string;
  readonly tier: Order['databaseTier'];
  /** Lo que ha pasado antes, sin averías. */
  before(lane: CrashLane, request: ProvisionOrder): Promise<void>;
  /** Vuelve cuando ha acabado, con la operación interrumpida. */
  play(lane: CrashLane, request: ProvisionOrder): Promise<string>;
  /** Lo que se puso adrede en `before`. */
  after(lane: CrashLane, request: ProvisionOrder): Promise<void>;
  /** Cómo queda la instancia. */
  readonly leaves: 'ACTIVE' | 'DECOMMISSIONED' | 'FAILED';
  /** El hecho con el que acaba. */
  readonly ending: string;
}

const both = ['ENTERPRISE', 'STANDARD'] as const;
const nothing = (): Promise<void> => Promise.resolve();

const newRequest = (tier: Order['databaseTier']): ProvisionOrder => aRequest({ databaseTier: tier });

async function provision(lane: CrashLane, request: ProvisionOrder, state: string): Promise<string> {
  await lane.tell('PROVISION', request);
  await lane.ended(request.operationId, state);
  return request.operationId;
}
const alive = async (lane: CrashLane, request: ProvisionOrder): Promise<void> => {
  await provision(lane, request, 'SUCCEEDED');
};

const next = ({ planCode: _, maxUsers: __, ...order }: ProvisionOrder): Order => ({
  ...order,
  operationId: randomUUID(),
});

const provisioning = both.map(
  (tier): CrashScenario => ({
    name: `provision ${tier}`,
    tier,
    before: nothing,
    play: (lane, request) => provision(lane, request, 'SUCCEEDED'),
    after: nothing,
    leaves: 'ACTIVE',
    ending: 'TenantInstanceProvisioned',
  }),
);

/** Su nombre público ya es de otra: no tiene arreglo, y todo lo hecho hasta ahí se deshace. */
const takenBack = both.map(
  (tier): CrashScenario => ({
    name: `provision ${tier}, undone`,
    tier,
    async before({ pool }, { subdomainUrl }) {
      await pool.query(
        'INSERT INTO published_subdomain (host, instance_id, published_at) VALUES ($1, $2, now())',
        [new URL(subdomainUrl).host, randomUUID()],
      );
    },
    play: (lane, request) => provision(lane, request, 'COMPENSATED'),
    async after({ pool }, { subdomainUrl }) {
      await pool.query('DELETE FROM published_subdomain WHERE host = $1', [new URL(subdomainUrl).host]);
    },
    leaves: 'FAILED',
    ending: 'OperationCompensated',
  }),
);

const decommissioning = both.map(
  (tier): CrashScenario => ({
    name: `decommission ${tier}`,
    tier,
    before: alive,
    async play(lane, request) {
      const order = next(request);
      await lane.tell('DECOMMISSION', order);
      await lane.ended(order.operationId, 'SUCCEEDED');
      return order.operationId;
    },
    after: nothing,
    leaves: 'DECOMMISSIONED',
    ending: 'OperationSucceeded',
  }),
);

const moving = both.map(
  (tier): CrashScenario => ({
    name: `move from ${tier}`,
    tier,
    before: alive,
    async play(lane, request) {
      const order = {
        ...next(request),
        to: tier === 'STANDARD' ? ('ENTERPRISE' as const) : ('STANDARD' as const),
      };
      await lane.tell('MOVE_TIER', order);
      await lane.ended(order.operationId, 'AWAITING_CONFIRMATION');
      await lane.tell('CONFIRM', order);
      await lane.ended(order.operationId, 'SUCCEEDED');
      return order.operationId;
    },
    after: nothing,
    leaves: 'ACTIVE',
    ending: 'OperationSucceeded',
  }),
);

export const crashScenarios: readonly CrashScenario[] = [
  ...provisioning,
  ...takenBack,
  ...decommissioning,
  ...moving,
];
export const requestFor = ({ tier }: CrashScenario): ProvisionOrder => newRequest(tier);

/** Lo que ya se jugó, para saber al final cómo debe quedar cada instancia. */
export interface Played {
  readonly request: ProvisionOrder;
  readonly scenario: CrashScenario;
}
