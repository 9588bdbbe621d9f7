import { instanceNotFound, type TenantDesk, type TenantRecords } from '../domain/tenant-desk.ts';
import type { TenantSetting } from '../domain/tenant-setting.ts';
import { type TenantUser, tenantUserExists } from '../domain/tenant-user.ts';
import type { Tables } from './memory-stores.ts';

export interface TenantRows {
  settings: TenantSetting[];
  users: TenantUser[];
}

const recordsOf = (rows: TenantRows): TenantRecords => ({
  settingKeys: async () => rows.settings.map(({ key }) => key),
  async putSettings(settings) {
    const kept = rows.settings.filter(({ key }) => !settings.some((one) => one.key === key));
    rows.settings = [...kept, ...settings];
  },
  countUsers: async () => rows.users.length,
  async addUser(user) {
    if (rows.users.some(({ email }) => email === user.email)) throw tenantUserExists();
    rows.users = [...rows.users, user];
  },
  async removeUser(id) {
    const found = rows.users.find((one) => one.id === id);
    rows.users = rows.users.filter((one) => one !== found);
    return found ?? null;
  },
});

/** Los datos de los inquilinos en la memoria, junto a las tablas de tenancy. */
export function memoryTenantDesk(tables: Pick<Tables, 'instances' | 'audit'>) {
  const rows = new Map<string, TenantRows>();
  let turn: Promise<unknown> = Promise.resolve();
  const instance = (id: string) => {
    const found = tables.instances.find((one) => one.id === id);
    if (found === undefined) throw instanceNotFound();
    return found;
  };

  const tenantDesk: TenantDesk = {
    change(_cause, instanceId, admit, work) {
      const run = turn.then(async () => {
        admit(instance(instanceId));
        const draft = { ...(rows.get(instanceId) ?? { settings: [], users: [] }) };
        const { result, audit } = await work(recordsOf(draft), instance(instanceId));
        admit(instance(instanceId));
        rows.set(instanceId, draft);
        tables.audit.push({ ...audit, outcome: 'ACCEPTED' });
        return result;
      });
      turn = run.catch(() => undefined);
      return run;
    },
  };
  return { tenantDesk, rowsOf: (id: string): TenantRows => rows.get(id) ?? { settings: [], users: [] } };
}
