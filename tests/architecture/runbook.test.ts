import { buildSchema, parse as parseQuery, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { judge } from '../../packages/cli/src/oracle/laws.ts';
import { parseCall } from '../../packages/cli/src/parse-call.ts';
import { nouns } from '../../packages/cli/src/registry.ts';
import { productSources, read } from './sources.ts';

const runbook = read('docs/runbook.md');

/** La primera celda de las filas de la tabla que empieza con esa cabecera. */
function firstCells(header: string): readonly string[] {
  const lines = runbook.split('\n');
  const from = lines.findIndex((line) => line.split('|')[1]?.trim() === header);
  const after = lines.slice(from + 2);
  const rows = after.slice(
    0,
    after.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((row) => (row.split('|')[1] ?? '').trim().replaceAll('`', ''));
}

/** Sin lo que va tras `#` y con lo que hay que poner: `<id>` vale por una palabra, `'<why>'` también. */
function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/\.\/farutech((?: [^\s`#|]+)+)/g)].map(([, words]) => (words ?? '').trim());
}

describe('las órdenes', () => {
  const said = commandsIn(runbook.replace(/'<[^>]*>'/g, '<text>'));
  // Las que se nombran sin ./farutech, en una tabla o en una frase.
  const named = [...runbook.matchAll(/`((?:schedule|projections|tenants|dlq) [a-z][^`]*)`/g)].map(
    ([, words]) => words ?? '',
  );

  it.each([...new Set([...said, ...named])])('%s', (line) => {
    const [nounName, ...words] = line.split(' ');
    const noun = nouns.find(({ name }) => name === nounName);
    expect(noun, nounName).toBeDefined();
    const [first] = words;
    const verb =
      first === undefined || first.startsWith('--')
        ? noun?.alone
        : noun?.verbs.find(({ name }) => name === first);
    expect(verb, line).toBeDefined();
    if (verb === undefined) return;

    const rest = verb === noun?.alone && verb.name !== first ? words : words.slice(1);
    // En una frase se nombra a veces el verbo solo.
    if (rest.length > 0 || verb.words.length === 0) expect(() => parseCall(rest, verb)).not.toThrow();
  });

  it('las hay', () => {
    expect(said.length).toBeGreaterThan(15);
    expect(named.length).toBeGreaterThan(5);
  });
});

const schema = buildSchema(read('gateway/supergraph.graphql'), { assumeValidSDL: true });

it('cada consulta y cada mutación se entiende', () => {
  const documents = [
    ...[...runbook.matchAll(/^( *)```graphql\n([\s\S]*?)^\1```/gm)].map(([, , body]) => body ?? ''),
    ...[...runbook.matchAll(/"query":"([^"]*)"/g)].map(([, body]) => body ?? ''),
  ];

  expect(documents.length).toBeGreaterThan(4);
  expect(
    documents.flatMap((text) => validate(schema, parseQuery(text)).map(({ message }) => message)),
  ).toEqual([]);
});

it('la tabla de leyes es la del oráculo', () => {
  const nothing = {
    now: new Date(0),
    instances: [],
    operations: [],
    jobs: [],
    homes: [],
    gates: [],
    reservations: [],
    databases: [],
    roles: [],
    tenantRows: [],
    subdomains: [],
    transitions: [],
    audits: [],
    provisioned: [],
    unsent: [],
    consumers: [],
    deadLetters: [],
  };

  expect(firstCells('law')).toEqual(judge(nothing, { quietForMs: 0, strict: false }).map(({ law }) => law));
});

it('la tabla de tareas tiene todas las del reloj', () => {
  const tasks = productSources.flatMap((file) =>
    [...read(file).matchAll(/name: '([a-z-]+)',\s+cron\b/g)].map(([, name]) => name ?? ''),
  );

  expect(firstCells('task').toSorted()).toEqual([...new Set(tasks)].toSorted());
});

/** Con qué puede acabar un mensaje: lo que lanzan quienes los atienden. */
function codesThrown(): readonly string[] {
  const messageSide = productSources.filter((file) =>
    /^(?:workers|packages\/(?:messaging|tenant-db)|subgraphs\/[a-z]+)\//.test(file),
  );
  const workerSide = messageSide.filter((file) =>
    /^(?:workers|packages\/messaging|subgraphs\/tenancy\/src\/use-cases)\//.test(file),
  );
  const codes = (files: readonly string[], form: RegExp): readonly string[] =>
    files.flatMap((file) => [...read(file).matchAll(form)].map(([, code]) => code ?? ''));
  return [
    ...codes(messageSide, /new (?:Permanent|Transient)Error\(\s*'([A-Z_]+)'/g),
    // Las que tienen nombre, y las que se ponen en una carta o en un fallo.
    ...codes(workerSide, /\bconst \w+ = '([A-Z]+(?:_[A-Z]+)+)'/g),
    ...codes(workerSide, /\bcode(?: =|:) '([A-Z_]+)'/g),
  ];
}

it('la tabla de códigos tiene todos los que una carta muerta puede llevar', () => {
  const thrown = [...new Set(codesThrown())].toSorted();

  expect(firstCells('code').toSorted()).toEqual(thrown);
  expect(thrown.length).toBeGreaterThan(50);
});
