import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nounHelp, overview } from './help.ts';
import { parseCall } from './parse-call.ts';
import { nouns } from './registry.ts';

/** Como la partiría una terminal: las comillas juntan. */
const split = (line: string): readonly string[] =>
  [...(line.split(' | ')[0] ?? '').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );

describe('las órdenes', () => {
  it('cada nombre es un fichero y cada fichero un nombre', () => {
    const files = readdirSync(new URL('./commands/', import.meta.url))
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => file.replace('.ts', ''));

    expect(nouns.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
  });

  it('la ayuda los nombra a todos', () => {
    for (const { name } of nouns) expect(overview(nouns)).toContain(`  ${name} `);
  });

  it('ninguna línea de la ayuda pasa de 120 columnas, salvo las de uso', () => {
    const long = [overview(nouns), ...nouns.map(nounHelp)]
      .join('\n')
      .split('\n')
      .filter((line) => line.length > 120 && !line.startsWith('  ./farutech'));

    expect(long).toEqual([]);
  });
});

describe.each(
  nouns.flatMap((noun) => noun.verbs.map((verb) => ({ noun, verb, called: `${noun.name} ${verb.name}` }))),
)('$called', ({ noun, verb }) => {
  it('tiene ejemplos, y todos se entienden', () => {
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const { command } of verb.examples) {
      const [first, second, ...rest] = split(command);
      expect([first, second]).toEqual([noun.name, verb.name]);
      expect(parseCall(rest, verb).help).toBe(false);
    }
  });

  it('no llama a una opción como a una común', () => {
    expect(Object.keys(verb.options)).not.toEqual(expect.arrayContaining(['json']));
    expect(Object.keys(verb.options)).not.toEqual(expect.arrayContaining(['help']));
  });
});
