import type { GraphQLDataSource } from '@apollo/gateway';
import type { Logger } from '@farutech/runtime/logger';
import type { GraphQLFormattedError } from 'graphql';
import { Pool } from 'undici';
import { z } from 'zod';
import { SubgraphAddresses } from './subgraph-addresses.ts';

const connections = 32;
const connectMs = 2_000;
const answerMs = 15_000;

type Process = GraphQLDataSource['process'];
type Answer = Awaited<ReturnType<Process>>;

export interface SubgraphDataSourceOptions {
  readonly name: string;
  readonly urls: readonly string[];
  /** Quién pregunta, en esta petición. El contexto es el de la operación. */
  readonly headersFor: (context: unknown) => Promise<Record<string, string>>;
  readonly log: Logger;
}

const answer = z.looseObject({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.looseObject({ message: z.string() })).nullish(),
});

/** Fallos en los que la petición no llegó a entrar: repetirla en otra réplica no puede hacer nada dos veces. */
const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** La conexión reutilizada que el otro extremo acababa de cerrar. Una consulta se repite; una mutación, no. */
const cutShort = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** El subgrafo no contesta: sus campos son null con este error al lado, y el resto de la respuesta vale. */
const unavailable = (name: string): GraphQLFormattedError => ({
  message: `The part of the system called "${name}" does not answer. Try again in a moment.`,
  extensions: { code: 'UNAVAILABLE' },
});

/** Lleva las peticiones del plan a un subgrafo. La de la biblioteca es lo que más CPU gasta de todo el gateway. */
export class SubgraphDataSource implements GraphQLDataSource {
  readonly #pools: ReadonlyMap<string, Pool>;
  readonly #addresses: SubgraphAddresses;

  constructor(private readonly options: SubgraphDataSourceOptions) {
    this.#addresses = new SubgraphAddresses(options.urls);
    this.#pools = new Map(
      options.urls.map((url) => [
        url,
        new Pool(new URL(url).origin, {
          connections,
          connect: { timeout: connectMs },
          headersTimeout: answerMs,
          bodyTimeout: answerMs,
        }),
      ]),
    );
  }

  async process({ request, context }: Parameters<Process>[0]): Promise<Answer> {
    const query = request.query ?? '';
    const { operationName, variables } = request;
    const body = JSON.stringify({ query, variables, ...(operationName && { operationName }) });
    try {
      const headers = await this.options.headersFor(context);
      return await this.#ask(body, headers, !query.trimStart().startsWith('mutation'));
    } catch (error) {
      this.options.log.warn({ err: error, subgraph: this.options.name }, 'subgraph does not answer');
      return { data: null, errors: [unavailable(this.options.name)] };
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  async #ask(body: string, headers: Record<string, string>, repeatable: boolean): Promise<Answer> {
    // Con una sola réplica también hay segundo intento: la conexión muerta era del proceso anterior.
    const attempts = this.#addresses.all.length + 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#post(this.#addresses.next(), body, headers);
      } catch (error) {
        const code = codeOf(error);
        const again = neverArrived.has(code) || (repeatable && cutShort.has(code));
        if (!again || attempt >= attempts) throw error;
      }
    }
  }

  async #post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const pool = this.#pools.get(url);
    if (pool === undefined) throw new TypeError(`unknown address ${url}`);
    const response = await pool.request({
      path: new URL(url).pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body,
    });
    const text = await response.body.text();
    const parsed = answer.safeParse(parseJson(text));
    if (!parsed.success || (parsed.data.data === undefined && !parsed.data.errors?.length))
      throw new TypeError(`HTTP ${response.statusCode} without a GraphQL answer`);
    return parsed.data as Answer;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No es GraphQL (la página de error de un intermediario): quien llama dirá con qué estado vino.
    return undefined;
  }
}
