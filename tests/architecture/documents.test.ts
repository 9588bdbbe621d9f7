import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { languageOf } from './language.ts';
import { filesUnder, read, rooms, root } from './sources.ts';

const documents = [
  'README.md',
  'README.es.md',
  ...filesUnder('docs', /\.md$/),
  ...rooms.map((room) => `${room}/README.md`).filter((file) => existsSync(join(root, file))),
];
const exists = (path: string): boolean => existsSync(join(root, path));

describe('el README de cada subgrafo', () => {
  it.each(rooms.filter((room) => room.startsWith('subgraphs/')))(
    '%s: en español y de 40 líneas como mucho',
    (room) => {
      const text = read(`${room}/README.md`);

      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
      expect(languageOf(text)).toBe('es');
    },
  );
});

interface Outline {
  readonly headings: readonly number[];
  readonly code: readonly string[];
  readonly rows: readonly string[];
}

/** Lo que no se traduce: niveles, código sin sus comentarios, y lo que cada fila nombra en su primera celda. */
function outlineOf(text: string): Outline {
  const fence = /^( *)```(\w*)\n([\s\S]*?)^\1```/gm;
  const code = [...text.matchAll(fence)].map(
    ([, , language, body]) => `${language}\n${untranslated(body ?? '')}`,
  );
  const prose = text.replace(fence, '').split('\n');
  return {
    headings: prose.flatMap((line) => /^(#+) /.exec(line)?.[1]?.length ?? []),
    code,
    rows: prose.flatMap((line) => (line.startsWith('|') ? namedIn(line.split(/(?<!\\)\|/)[1] ?? '') : [])),
  };
}

const untranslated = (code: string): string => code.replace(/\s+#.*$/gm, '').replace(/<[^>]*>/g, '<>');
/** Los encabezados y las rayas de una tabla no nombran nada: queda que la fila está. */
const namedIn = (cell: string): string =>
  [...cell.matchAll(/`([^`]*)`/g)].map(([, name]) => untranslated(name ?? '')).join(' ');

it('README.md y README.es.md dicen lo mismo: secciones, código y filas', () => {
  const [english, spanish] = [outlineOf(read('README.md')), outlineOf(read('README.es.md'))];

  expect(spanish.headings).toEqual(english.headings);
  expect(spanish.code).toEqual(english.code);
  expect(spanish.rows).toEqual(english.rows);
  expect(english.headings.length).toBeGreaterThan(3);
  expect(english.rows.length).toBeGreaterThan(20);
  expect([languageOf(read('README.md')), languageOf(read('README.es.md'))]).toEqual(['en', 'es']);
});

/** Lo que nace al usar el repositorio: no está en él. */
const made = /^(?:\.data|docs\/proofs)(?:\/|$)/;
const topLevel =
  /^(?:packages|subgraphs|gateway|identity|workers|local|prisma|products|tests|docs|bench|examples|portal|kubernetes)\//;

function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\s]+)`/g)]
    .map(([, path]) => path ?? '')
    .filter((path) => topLevel.test(path) && !made.test(path) && !/[<>*{}…]/.test(path))
    .map((path) => path.replace(/:\d+$/, ''));
}
const linksIn = (text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^(?:[a-z]+:|#)/.test(link));

const targets = (text: string): readonly string[] =>
  [...text.matchAll(/\bmake ([a-z][a-z-]*)/g)].map(([, target]) => target ?? '');
/** Solo lo que está escrito como código: «make up» en una frase en inglés no es una orden. */
const codeIn = (text: string): string =>
  [...text.matchAll(/```[\s\S]*?```|`[^`\n]*`/g)].map(([code]) => code).join('\n');

describe.each(documents)('%s', (file) => {
  const text = read(file);

  it('sus enlaces llevan a algún sitio', () => {
    const broken = linksIn(text).filter((link) => !exists(join(dirname(file), link.split('#')[0] ?? '')));

    expect(broken).toEqual([]);
  });

  it('las rutas que nombra existen', () => {
    expect(pathsIn(text).filter((path) => !exists(path))).toEqual([]);
  });

  it('cada orden de make que nombra está en el Makefile', () => {
    const known = new Set([...read('Makefile').matchAll(/^([a-z][a-z-]*):/gm)].map(([, name]) => name));

    expect(targets(codeIn(text)).filter((target) => !known.has(target))).toEqual([]);
  });
});

it('se sabe cuándo dos textos se han separado', () => {
  const one = outlineOf('# A\n\n```sh\nmake up  # start\n```\n\n| a | b |\n| `x <id>` | c |\n');
  const same = outlineOf('# B\n\n```sh\nmake up  # arranca\n```\n\n| d | e |\n| `x <nombre>` | f |\n');

  expect(same).toEqual(one);
  expect(outlineOf('## B\n')).not.toEqual(outlineOf('# A\n'));
  expect(outlineOf('| `y` | f |')).not.toEqual(outlineOf('| `x` | f |'));
  expect(pathsIn('`gateway/src/none.ts:12` `a/b` `docs/proofs/x.md` `prisma/<x>`')).toEqual([
    'gateway/src/none.ts',
  ]);
  expect(linksIn('[a](docs/a.md#b) [b](https://c.d) [e](#f)')).toEqual(['docs/a.md#b']);
});
