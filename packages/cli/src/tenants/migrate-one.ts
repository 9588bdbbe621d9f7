import { setTimeout as wait } from 'node:timers/promises';
import { type ApiClient, ApiRefusal } from '@farutech/local/api-client';
import type { OwnDatabase } from './own-databases.ts';

export interface Migrated {
  readonly tenant: OwnDatabase;
  readonly operationId: string | null;
  readonly state: string;
  /** Code and text of what went wrong; null when nothing did. */
  readonly failure: string | null;
}

const everyMs = 200;
const ended = new Set(['SUCCEEDED', 'FAILED', 'COMPENSATED']);

interface OperationState {
  readonly id: string;
  readonly state: string;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

const order = `mutation($id: ID!) {
  migrateTenantSchema(instanceId: $id) { id state failure { code message } }
}`;
const look = 'query($id: ID!) { operation(id: $id) { id state failure { code message } } }';

async function untilEnded(api: ApiClient, id: string, limitMs: number): Promise<OperationState> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { operation } = await api.request<{ operation: OperationState }>(look, { id });
    if (ended.has(operation.state) || performance.now() > deadline) return operation;
    await wait(everyMs);
  }
}

/** Orders it and waits for its end. A refusal and a failure are answers, like success: the others go on. */
export async function migrateOne(api: ApiClient, tenant: OwnDatabase, limitMs: number): Promise<Migrated> {
  try {
    const { migrateTenantSchema } = await api.request<{ migrateTenantSchema: OperationState }>(order, {
      id: tenant.id,
    });
    const { id, state, failure } = await untilEnded(api, migrateTenantSchema.id, limitMs);
    const told = failure === null ? null : `${failure.code}: ${failure.message}`;
    const late = ended.has(state) ? null : `Still ${state} after ${limitMs / 1_000} s.`;
    return { tenant, operationId: id, state, failure: told ?? late };
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    return { tenant, operationId: null, state: 'REFUSED', failure: error.message };
  }
}
