import { v7 as newId } from 'uuid';
import { apiClient } from '../api-client.ts';
import { openIdentity } from '../identity-database.ts';
import { root, type Settings } from '../settings.ts';
import type { StackFile } from '../stack-file.ts';
import { personToken } from '../tokens.ts';
import { demoAccounts, demoPassword, operator, saveAccounts } from './accounts.ts';
import { loadDemo } from './load-demo.ts';

/** Cuentas de Farutech para poder entrar y, salvo DEMO=false, la demostración entera. */
export async function prepareDemo(options: {
  settings: Settings;
  stack: StackFile;
  note(detail: string): void;
}): Promise<void> {
  const { stack, settings, note } = options;
  const identity = openIdentity(stack.databases.identity ?? '');
  try {
    const staffAccounts = demoAccounts.filter(({ customer }) => customer === undefined);
    await saveAccounts(identity, newId, staffAccounts, new Map());
    if (!settings.demo) {
      note('none: DEMO=false');
      return;
    }
    const token = await personToken(stack.identityUrl, operator, demoPassword);
    const api = apiClient(stack.gatewayUrl, async () => token);
    note(await loadDemo({ api, identity, newId, productsDir: `${root}products` }));
  } finally {
    await identity.$disconnect();
  }
}
