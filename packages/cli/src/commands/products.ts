import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPages } from '@farutech/local/read-pages';
import { root } from '@farutech/local/settings';
import { type Noun, verb } from '../command.ts';
import { Refusal } from '../failure.ts';
import { counted, table } from '../table.ts';

interface Product {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly version: string;
  readonly modules: readonly { readonly code: string }[];
  readonly features: readonly { readonly code: string; readonly retiredAt: string | null }[];
  readonly plans: readonly {
    readonly code: string;
    readonly version: number;
    readonly retiredAt: string | null;
  }[];
}

const listing = `query($first: Int!, $after: String) {
  products(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node {
      id code name version modules { code } features { code retiredAt } plans { code version retiredAt }
    } }
  }
}`;

/** Cada plan pesa en el coste de la consulta: con más, una página pasaría del límite. */
const limit = 50;

const live = <One extends { readonly retiredAt: string | null }>(all: readonly One[]): readonly One[] =>
  all.filter(({ retiredAt }) => retiredAt === null);

const ls = verb({
  name: 'ls',
  summary: 'lists what is sold, with its plans on sale',
  words: [],
  options: {},
  examples: [{ command: 'products ls', means: 'every product, its size and its plans' }],
  async run({ place }) {
    const { nodes, total } = await readPages<Product>(place.api(), {
      field: 'products',
      query: listing,
      limit,
    });
    const rows = nodes.map(({ code, name, version, modules, features, plans }) => [
      code,
      name,
      version,
      `${modules.length}`,
      `${live(features).length}`,
      live(plans)
        .map((plan) => `${plan.code} v${plan.version}`)
        .join(', '),
    ]);
    return {
      text: [
        table(['code', 'name', 'version', 'modules', 'features', 'plans'], rows),
        `${counted(nodes.length, 'product')} of ${total}`,
      ].join('\n'),
      data: { products: nodes, total },
    };
  },
});

/** La carpeta desde donde se está, la de products/ con ese nombre, o el propio fichero. */
function readManifest(folder: string): unknown {
  const places = [resolve(folder), join(root, 'products', folder)];
  const files = places.flatMap((place) => {
    if (!existsSync(place)) return [];
    return [statSync(place).isDirectory() ? join(place, 'product.json') : place];
  });
  const file = files.find((one) => existsSync(one));
  if (file === undefined) {
    throw new Refusal('NOT_FOUND', `There is no product.json in ${folder}, nor in products/${folder}.`);
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refusal('VALIDATION_FAILED', `${file} is no JSON: ${(error as Error).message}`);
  }
}

interface Change {
  readonly action: string;
  readonly kind: string;
  readonly code: string;
  readonly detail: string;
}
interface Applied {
  readonly applied: boolean;
  readonly product: { readonly id: string; readonly code: string; readonly version: string } | null;
  readonly changes: readonly Change[];
}

const apply = verb({
  name: 'apply',
  summary: 'brings a product to what its folder says; applied twice it changes nothing',
  words: ['folder'],
  options: { 'dry-run': { kind: 'flag', help: 'tells what would change and writes nothing' } },
  examples: [
    { command: 'products apply farutech-pos --dry-run', means: 'what products/farutech-pos would change' },
    { command: 'products apply ../logistics', means: 'a folder that holds a product.json' },
  ],
  async run({ options, words: [folder = ''], place }) {
    const manifest = readManifest(folder);
    const dryRun = options['dry-run'];
    const { applyProductManifest: result } = await place.api().request<{ applyProductManifest: Applied }>(
      `mutation($manifest: JSON!, $dryRun: Boolean!) {
        applyProductManifest(manifest: $manifest, dryRun: $dryRun) {
          applied product { id code version } changes { action kind code detail }
        }
      }`,
      { manifest, dryRun },
    );
    const changes = result.changes.filter(({ action }) => action !== 'UNCHANGED');
    const rows = changes.map(({ action, kind, code, detail }) => [action, kind, code, detail]);
    const unchanged = result.changes.length - changes.length;
    const told = `${counted(changes.length, 'change')}, ${unchanged} as they were${dryRun ? '; nothing was written' : ''}`;
    return {
      text: changes.length === 0 ? told : `${table(['action', 'kind', 'code', 'detail'], rows)}\n${told}`,
      data: { ...result, dryRun },
    };
  },
});

export const products: Noun = { name: 'products', summary: 'what is sold', verbs: [ls, apply] };
