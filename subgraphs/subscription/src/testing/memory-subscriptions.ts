import { PlanSubscription } from '../domain/plan-subscription.ts';
import type { PlanSubscriptions } from '../domain/ports.ts';
import type { SubscriptionChanges } from '../domain/stored-subscription.ts';
import type { Believed } from '../domain/timeline.ts';
import type { HistoryRow, MemoryTables } from './memory-tables.ts';

/** Como sobre PostgreSQL, con las transacciones una detrás de otra. */
export function memorySubscriptions(tables: MemoryTables): PlanSubscriptions {
  const restore = (id: string | undefined): PlanSubscription | null => {
    const held = id === undefined ? undefined : tables.subscriptions.get(id);
    if (held === undefined) return null;
    const mine = <T>(rows: readonly HistoryRow<T>[]) =>
      rows.filter(({ subscriptionId, knownTo }) => subscriptionId === id && knownTo === null);
    const known = [...mine(tables.states), ...mine(tables.overrides)].map(({ knownFrom }) => +knownFrom);
    return PlanSubscription.restore({
      ...held.identity,
      states: mine(tables.states),
      overrides: mine(tables.overrides),
      waiting: tables.scheduled.filter((row) => row.subscriptionId === id && row.ended === null),
      revision: held.revision,
      lastKnownAt: new Date(Math.max(+held.identity.createdAt, ...known)),
    });
  };

  const write = async (subscription: PlanSubscription): Promise<void> => {
    const { identity } = subscription;
    const changes = subscription.changes();
    tables.subscriptions.set(identity.id, { identity, present: changes.present, revision: changes.revision });
    const { forgottenStates, states, forgottenOverrides, overrides } = changes;
    tables.states = rewrite(tables.states, identity.id, changes, forgottenStates, states);
    tables.overrides = rewrite(tables.overrides, identity.id, changes, forgottenOverrides, overrides);
    tables.scheduled = [
      ...tables.scheduled.map((row) => ({
        ...row,
        ended: changes.ended.find(({ id }) => id === row.id)?.ended ?? row.ended,
      })),
      ...changes.scheduled.map((change) => ({ ...change, subscriptionId: identity.id, ended: null })),
    ];
  };

  return {
    byId: async (id) => restore(id),
    byInstance: async (instanceId) =>
      restore(
        [...tables.subscriptions.values()].find(({ identity }) => identity.tenantInstanceId === instanceId)
          ?.identity.id,
      ),
    byScheduledChange: async (changeId) =>
      restore(tables.scheduled.find(({ id }) => id === changeId)?.subscriptionId),
    async takeDue(now, except) {
      const [due] = tables.scheduled
        .filter(({ id, ended, effectiveAt }) => ended === null && effectiveAt <= now && !except.includes(id))
        .toSorted((a, b) => +a.effectiveAt - +b.effectiveAt || (a.id < b.id ? -1 : 1));
      const subscription = restore(due?.subscriptionId);
      return due === undefined || subscription === null ? null : { changeId: due.id, subscription };
    },
    add: write,
    save: write,
  };
}

function rewrite<T>(
  rows: readonly HistoryRow<T>[],
  subscriptionId: string,
  { knownAt }: SubscriptionChanges,
  forgotten: readonly bigint[],
  added: readonly Believed<T>[],
): HistoryRow<T>[] {
  const closed = rows.map((row) => (forgotten.includes(row.rowId) ? { ...row, knownTo: knownAt } : row));
  const written = added.map(({ value, validFrom, validTo }, index) => ({
    rowId: BigInt(rows.length + index + 1),
    subscriptionId,
    value,
    validFrom,
    validTo,
    knownFrom: knownAt,
    knownTo: null,
  }));
  return [...closed, ...written];
}
