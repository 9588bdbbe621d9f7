import { verb } from '../command.ts';
import { counted, table } from '../table.ts';
import { ownDatabases } from './own-databases.ts';
import { type Drift, readDrift } from './schema-drift.ts';

const stateOf = ({ missing, unreachable }: Drift): string =>
  unreachable ?? (missing.length === 0 ? 'up to date' : `lacks ${missing.join(', ')}`);

export const drift = verb({
  name: 'drift',
  summary: 'shows which databases of tenants lack migrations of their product',
  words: [],
  options: {
    product: { kind: 'text', value: 'code', help: 'of one product' },
    all: { kind: 'flag', help: 'those that are up to date, too' },
  },
  examples: [
    { command: 'tenants drift', means: 'what tenants migrate would do' },
    { command: 'tenants drift --all --json', means: 'every database, for a program' },
  ],
  async run({ options, place }) {
    const tenants = await ownDatabases(place.api(), options);
    const all = tenants.length === 0 ? [] : await readDrift(place.natsUrl(), tenants);
    const behind = all.filter(({ missing, unreachable }) => missing.length > 0 || unreachable !== null);
    const shown = options.all ? all : behind;
    const summary = `${behind.length} of ${counted(all.length, 'database')} not up to date`;
    const rows = shown.map((one) => [one.tenant.id, one.tenant.globalInstanceId, stateOf(one)]);
    return {
      text: rows.length === 0 ? summary : `${table(['id', 'instance', 'schema'], rows)}\n${summary}`,
      data: {
        databases: shown.map(({ tenant, missing, unreachable }) => ({ ...tenant, missing, unreachable })),
        behind: behind.length,
        total: all.length,
      },
    };
  },
});
