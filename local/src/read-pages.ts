import type { ApiClient } from './api-client.ts';

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number | null;
}

interface Listing<Node> {
  readonly nodes: readonly Node[];
  /** Cuántos hay en total. */
  readonly total: number;
}

/** Lo más que da la API de una vez. */
const pageSize = 100;

/**
 * Lee una conexión página a página hasta tener `limit` nodos. La consulta recibe `$first: Int!` y
 * `$after: String`, y pide `edges { node }`, `pageInfo { hasNextPage endCursor }` y `totalCount` bajo `field`.
 */
export async function readPages<Node>(
  api: ApiClient,
  options: { field: string; query: string; variables?: Record<string, unknown>; limit: number },
): Promise<Listing<Node>> {
  const nodes: Node[] = [];
  let after: string | null = null;
  for (;;) {
    const first = Math.min(pageSize, options.limit - nodes.length);
    const answer: Record<string, Page<Node> | undefined> = await api.request(options.query, {
      ...options.variables,
      first,
      after,
    });
    const page = answer[options.field];
    if (page === undefined) throw new TypeError(`la consulta no pide ${options.field}`);
    nodes.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || nodes.length >= options.limit) {
      return { nodes, total: page.totalCount ?? nodes.length };
    }
  }
}
