import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const listed = (dir: string): string[] =>
  existsSync(join(root, dir)) ? readdirSync(join(root, dir)).map((name) => `${dir}/${name}`) : [];

/** Las salas con package.json propio, también las que aún no existen cuando se escribe esto. */
export const rooms: readonly string[] = [
  ...listed('packages'),
  ...listed('subgraphs'),
  ...listed('examples'),
  'gateway',
  'identity',
  'workers',
  'prisma',
  'local',
  'portal',
].filter((dir) => existsSync(join(root, dir, 'package.json')));

const skipped = /(?:^|\/)(?:node_modules|dist|generated|\.cache|\.data)(?:\/|$)/;

export function filesUnder(dir: string, extension: RegExp): string[] {
  if (!existsSync(join(root, dir))) return [];
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((file) => extension.test(file) && !skipped.test(file))
    .map((file) => `${dir}/${file}`)
    .toSorted();
}

const isForTests = (file: string): boolean => /\.test\.tsx?$|\/testing\//.test(file);

/** Todo el TypeScript de las salas, con sus pruebas. */
export const roomSources: readonly string[] = rooms.flatMap((room) => filesUnder(`${room}/src`, /\.tsx?$/));
/** Lo que corre en producción o en la máquina de quien desarrolla. */
export const productSources: readonly string[] = roomSources.filter((file) => !isForTests(file));

export const parse = (file: string, text = read(file)): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);

/** Lo que un fichero importa: también lo que reexporta y lo que carga con import(). */
export const importsOf = (file: string): string[] =>
  ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName);
