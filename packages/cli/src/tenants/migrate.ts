import type { ApiClient } from '@farutech/local/api-client';
import { verb } from '../command.ts';
import { Refusal } from '../failure.ts';
import { counted, table } from '../table.ts';
import { type Migrated, migrateOne } from './migrate-one.ts';
import { type OwnDatabase, ownDatabases } from './own-databases.ts';
import { readDrift } from './schema-drift.ts';

const defaults = { canary: 1, parallel: 4, limitSeconds: 300 } as const;

const failed = (all: readonly Migrated[]): readonly Migrated[] =>
  all.filter(({ failure }) => failure !== null);

const told = ({ tenant, state, failure }: Migrated): string =>
  `  ${tenant.globalInstanceId}  ${state}  ${failure ?? ''}`.trimEnd();

/** Tantas a la vez como se diga; el fallo de una no detiene a las demás. */
async function migrateAll(
  api: ApiClient,
  tenants: readonly OwnDatabase[],
  atOnce: number,
  limitMs: number,
  onEnd: (one: Migrated) => void,
): Promise<readonly Migrated[]> {
  const left = [...tenants];
  const done: Migrated[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const one = await migrateOne(api, next, limitMs);
      done.push(one);
      onEnd(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tenants.length) }, work));
  return done;
}

export const migrate = verb({
  name: 'migrate',
  summary: 'brings the databases of tenants to the newest schema of their product, canaries first',
  words: [],
  options: {
    canary: {
      kind: 'count',
      value: 'n',
      help: `how many go first; if one fails, the others are left alone; ${defaults.canary} by default`,
    },
    parallel: {
      kind: 'count',
      value: 'n',
      help: `how many at once after them; ${defaults.parallel} by default`,
    },
    only: { kind: 'text', value: 'ids', help: 'only these, separated by commas; ids or global ids' },
    product: { kind: 'text', value: 'code', help: 'of one product' },
    limit: {
      kind: 'count',
      value: 'seconds',
      help: `how long to wait for one of them; ${defaults.limitSeconds} by default`,
    },
  },
  examples: [
    { command: 'tenants migrate --canary 3 --parallel 8', means: 'three first, then eight at once' },
    { command: 'tenants migrate', means: 'again after a failure: only what is still behind' },
    { command: 'tenants migrate --only vet-norte-3f9a1c0be2d4', means: 'one of them' },
  ],
  async run({ options, place, note }) {
    const api = place.api();
    const only = options.only?.split(',').map((name) => name.trim());
    const tenants = await ownDatabases(api, { product: options.product, only });
    const drift = tenants.length === 0 ? [] : await readDrift(place.natsUrl(), tenants);
    // La que no contesta también se pide: la operación dirá por qué no se pudo, y se puede reintentar.
    const behind = drift.filter(({ missing, unreachable }) => missing.length > 0 || unreachable !== null);
    const wanted = behind.map(({ tenant }) => tenant);
    const limitMs = (options.limit ?? defaults.limitSeconds) * 1_000;
    const canaries = wanted.slice(0, options.canary ?? defaults.canary);
    let ended = 0;
    const onEnd = ({ tenant, state }: Migrated): void => {
      ended += 1;
      note(`${ended}/${wanted.length}  ${tenant.globalInstanceId}  ${state}`);
    };

    const first = await migrateAll(api, canaries, canaries.length, limitMs, onEnd);
    if (failed(first).length > 0) {
      const others = counted(wanted.length - canaries.length, 'other');
      throw new Refusal(
        'CANARY_FAILED',
        [`A canary failed; ${others} left alone.`, ...failed(first).map(told)].join('\n'),
      );
    }
    const parallel = options.parallel ?? defaults.parallel;
    const rest = await migrateAll(api, wanted.slice(canaries.length), parallel, limitMs, onEnd);
    const all = [...first, ...rest];
    const bad = failed(all);
    const summary = `${all.length - bad.length} migrated, ${bad.length} failed, ${drift.length - behind.length} were up to date`;
    if (bad.length > 0) throw new Refusal('SOME_FAILED', [summary, ...bad.map(told)].join('\n'));
    return {
      text:
        all.length === 0
          ? summary
          : `${table(
              ['id', 'instance', 'operation'],
              all.map(({ tenant, operationId }) => [tenant.id, tenant.globalInstanceId, operationId ?? '·']),
            )}\n${summary}`,
      data: { migrated: all, upToDate: drift.length - behind.length },
    };
  },
});
