import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { SubgraphDataSource } from './subgraph-data-source.ts';
import { quietLog } from './testing/quiet-log.ts';

const servers: Server[] = [];
const sources: SubgraphDataSource[] = [];

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/graphql`;
}

const sourceOf = (...urls: string[]): SubgraphDataSource => {
  const source = new SubgraphDataSource({
    name: 'catalog',
    urls,
    headersFor: async (context) => ({ 'x-who': String(context) }),
    log: quietLog(),
  });
  sources.push(source);
  return source;
};

const ask = (source: SubgraphDataSource, query = '{ a }') =>
  source.process({
    kind: 'health check',
    request: { query, variables: { n: 1 } },
    context: 'ana',
  } as unknown as Parameters<SubgraphDataSource['process']>[0]);

const answering =
  (name: string, seen: string[] = []): RequestListener =>
  (request, response) => {
    seen.push(name);
    request.resume();
    response.end(JSON.stringify({ data: { name, who: request.headers['x-who'] } }));
  };

afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.close()));
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

const nobody = 'http://127.0.0.1:1/graphql';

describe('las réplicas de un subgrafo', () => {
  it('se turnan', async () => {
    const seen: string[] = [];
    const source = sourceOf(await serve(answering('a', seen)), await serve(answering('b', seen)));
    for (let n = 0; n < 4; n++) expect((await ask(source)).data?.who).toBe('ana');
    expect(seen).toEqual(['a', 'b', 'a', 'b']);
  });

  it('la que no contesta cede a la siguiente, también en una mutación', async () => {
    const source = sourceOf(nobody, await serve(answering('b')));
    for (let n = 0; n < 4; n++) expect((await ask(source, 'mutation { a }')).data?.name).toBe('b');
  });

  it('si ninguna contesta, es UNAVAILABLE', async () => {
    const { data, errors } = await ask(sourceOf(nobody, nobody));
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
  });

  it('una consulta cortada a medias se repite; una mutación, nunca', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked++;
      if (asked === 1) request.socket.destroy();
      else response.end('{"data":{"ok":true}}');
    });
    expect((await ask(sourceOf(url))).data).toEqual({ ok: true });

    asked = 0;
    const { errors } = await ask(sourceOf(url), 'mutation { a }');
    expect(errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
    expect(asked).toBe(1);
  });
});

describe('lo que contesta', () => {
  it.each([
    ['una página de error', 502, '<html>'],
    ['nada', 200, ''],
    ['JSON que no es GraphQL', 200, '{"hello":1}'],
    ['una lista', 200, '[]'],
  ])('%s es UNAVAILABLE', async (_what, status, text) => {
    const url = await serve((_request, response) => {
      response.statusCode = status;
      response.end(text);
    });
    expect((await ask(sourceOf(url))).errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
  });

  it('sus errores pasan tal cual, venga el estado que venga', async () => {
    const body = {
      errors: [{ message: 'no', extensions: { code: 'FORBIDDEN', field: 'id', correlationId: 'c' } }],
    };
    const url = await serve((_request, response) => {
      response.statusCode = 403;
      response.end(JSON.stringify(body));
    });
    expect(await ask(sourceOf(url))).toEqual(body);
  });
});
