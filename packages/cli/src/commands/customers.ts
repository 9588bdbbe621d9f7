import { readPages } from '@farutech/local/read-pages';
import { type Noun, verb } from '../command.ts';
import { counted, table } from '../table.ts';

interface Customer {
  readonly id: string;
  readonly legalName: string;
  readonly taxId: string | null;
  readonly country: string;
  readonly isActive: boolean;
  readonly instances: { readonly totalCount: number | null };
}

const query = `query($first: Int!, $after: String, $search: String) {
  customers(first: $first, after: $after, search: $search) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { id legalName taxId country isActive instances(first: 1) { totalCount } } }
  }
}`;

const defaultLimit = 200;

const ls = verb({
  name: 'ls',
  summary: 'lists customers, newest first',
  words: [],
  options: {
    search: {
      kind: 'text',
      value: 'text',
      help: 'a part of the legal name, or a whole tax id, or a whole e-mail address',
    },
    limit: { kind: 'count', value: 'n', help: `how many at most; ${defaultLimit} by default` },
  },
  examples: [
    { command: 'customers ls --search Grupo', means: 'whose name holds Grupo' },
    { command: 'customers ls --search 890900608-9 --json', means: 'whose tax id it is, for a program' },
  ],
  async run({ options, place }) {
    const { nodes, total } = await readPages<Customer>(place.api(), {
      field: 'customers',
      query,
      variables: { search: options.search ?? null },
      limit: options.limit ?? defaultLimit,
    });
    const rows = nodes.map(({ id, legalName, country, taxId, isActive, instances }) => [
      id,
      legalName,
      country,
      taxId ?? '·',
      isActive ? 'active' : 'inactive',
      `${instances.totalCount ?? 0}`,
    ]);
    return {
      text: [
        table(['id', 'legal name', 'country', 'tax id', 'state', 'instances'], rows),
        `${counted(nodes.length, 'customer')} of ${total}`,
      ].join('\n'),
      data: { customers: nodes, total },
    };
  },
});

export const customers: Noun = {
  name: 'customers',
  summary: 'who buys, and whom instances run for',
  verbs: [ls],
};
