import { describe, expect, it } from 'vitest';
import { type Comment, commentsOf, plainComments } from './comments.ts';
import { languageOf } from './language.ts';
import { filesUnder, productSources, read } from './sources.ts';

const said = (file: string, comments: readonly Comment[]) =>
  comments.map(({ line, text, audience }) => ({
    place: `${file}:${line}`,
    text,
    audience,
    language: languageOf(text),
  }));
const typescript = productSources.flatMap((file) => said(file, commentsOf(file)));

const plain: readonly (readonly [files: readonly string[], mark: RegExp])[] = [
  [filesUnder('prisma', /\.prisma$/), /^\s*\/\/\/?\s?(.*)$/],
  [[...filesUnder('prisma', /\.sql$/), ...filesUnder('products', /\.sql$/)], /^\s*--\s?(.*)$/],
  [['Makefile', 'prisma/generate.sh', 'pnpm-workspace.yaml'], /^\s*#\s(.*)$/],
];

describe('los comentarios', () => {
  it('los técnicos están en español', () => {
    const inEnglish = typescript.filter(
      ({ audience, language }) => audience === 'inside' && language === 'en',
    );

    expect(inEnglish.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
  });

  it('los públicos de packages están en inglés', () => {
    const inSpanish = typescript.filter(
      ({ audience, language }) => audience === 'public' && language === 'es',
    );

    expect(inSpanish.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
  });

  it.each(plain)('los de %s están en español', (files, mark) => {
    const inEnglish = files
      .flatMap((file) => said(file, plainComments(read(file), mark)))
      .filter(({ language }) => language === 'en');

    expect(files.length).toBeGreaterThan(0);
    expect(inEnglish.map(({ place, text }) => `${place} ${text}`)).toEqual([]);
  });

  it('hay bastantes para que esto diga algo, y se reconoce la lengua de casi todos', () => {
    const known = typescript.filter(({ language }) => language !== 'unknown');

    expect(typescript.length).toBeGreaterThan(400);
    expect(known.length / typescript.length).toBeGreaterThan(0.9);
  });
});

describe('el detector', () => {
  it.each([
    'Un líder detenido (SIGSTOP) conserva su cerrojo: pasado este tiempo el servidor termina su sesión.',
    'Que ya esté no es un fallo: dos arranques a la vez dan 42P04, o 23505 al que pierde.',
    'Sin enviar: lo que el repetidor busca cada vez',
    'Aborta si `the connection is lost` llega en el mensaje.',
    '«The stream is already in use» no es un fallo.',
  ])('español: %s', (text) => {
    expect(languageOf(text)).toBe('es');
  });

  it.each([
    'A leader that is stopped keeps its lock, so the server ends its session.',
    'Strictly behind the cursor, in the order (at, id) descending.',
    'One loader for each page request: `instances(first: 3)` of fifty customers is one statement.',
    'Only what JetStream has confirmed.',
    'Runs after `el repetidor de la base` and before the next round.',
  ])('inglés: %s', (text) => {
    expect(languageOf(text)).toBe('en');
  });

  it.each(['UTF-8', 'Ya procesado.', '500 ms', 'NIT: 890900608-9', '`SELECT 1`', 'v1'])(
    'ni una ni otra: %s',
    (text) => {
      expect(languageOf(text)).toBe('unknown');
    },
  );

  it('distingue lo público de lo técnico, y une las líneas seguidas', () => {
    const text = `
// uno
// dos
/** On an export. */
export interface Part {
  /** On its member. */
  readonly a: string; // al final
}
interface Shape {
  /** in a signature */
  readonly b: string;
}
/** privado */
const hidden = '// no es un comentario' + /\\/\\*x/.source;
export function open(): void {
  /** dentro */
  hidden.trim();
}
`;

    expect(commentsOf('packages/kernel/src/a.ts', text)).toEqual([
      { line: 2, text: 'uno dos', audience: 'inside' },
      { line: 4, text: 'On an export.', audience: 'public' },
      { line: 6, text: 'On its member.', audience: 'public' },
      { line: 7, text: 'al final', audience: 'inside' },
      { line: 10, text: 'in a signature', audience: 'either' },
      { line: 13, text: 'privado', audience: 'inside' },
      { line: 16, text: 'dentro', audience: 'inside' },
    ]);
    expect(commentsOf('gateway/src/a.ts', text).some(({ audience }) => audience === 'public')).toBe(false);
  });

  it('no cuenta lo que escribe Prisma ni una orden a una herramienta', () => {
    expect(plainComments('-- CreateTable\nSELECT 1;\n-- una\n-- frase', /^\s*--\s?(.*)$/)).toEqual([
      { line: 3, text: 'una frase', audience: 'inside' },
    ]);
    expect(commentsOf('gateway/src/a.ts', '// biome-ignore lint: the reason\nexport const a = 1;')).toEqual(
      [],
    );
  });
});
