import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LaunchError } from './launch-error.ts';
import { root } from './settings.ts';

const run = promisify(execFile);

interface Image {
  /** Lo que arranca; de ahí se sigue a los paquetes nuestros que necesita. */
  readonly rooms: readonly string[];
  /** Lo que se lee del disco al correr, en el mismo sitio que en el repositorio. */
  readonly files: readonly string[];
}

const migrationsOf = (names: readonly string[]): readonly string[] =>
  names.map((name) => `prisma/${name}/migrations`);

export const images = {
  core: {
    rooms: ['gateway', 'identity', 'subgraphs/catalog', 'subgraphs/tenancy', 'subgraphs/subscription'],
    files: [
      'gateway/supergraph.graphql',
      'products',
      ...migrationsOf(['catalog', 'tenancy', 'subscription', 'identity', 'workers']),
    ],
  },
  worker: { rooms: ['workers'], files: ['products', ...migrationsOf(['tenant'])] },
} as const satisfies Record<string, Image>;
export type ImageName = keyof typeof images;

/** Lo que pnpm necesita para que lo instalado sea, versión por versión, lo del cerrojo. */
const workspaceFiles = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.pnpmfile.cjs'];

const installArguments = [
  'install',
  '--prod',
  '--frozen-lockfile',
  // Lo que `make` ya bajó está en el almacén de pnpm: aquí no hace falta red.
  '--prefer-offline',
  '--ignore-scripts',
  '--reporter=append-only',
];

const groups = ['packages', 'subgraphs'];

/** Nuestros paquetes por su nombre, cada uno con su carpeta. */
function listRooms(): ReadonlyMap<string, string> {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      groups.includes(name) ? readdirSync(join(root, name)).map((room) => `${name}/${room}`) : [name],
    )
    .filter((folder) => existsSync(join(root, folder, 'package.json')));
  return new Map(folders.map((folder) => [readManifest(folder).name, folder]));
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** Las salas pedidas y, una vez cada una, todas las nuestras de las que dependen. */
export function closureOf(rooms: readonly string[]): readonly string[] {
  const folderOf = listRooms();
  const found = new Set(rooms);
  for (const folder of found) {
    for (const name of Object.keys(readManifest(folder).dependencies ?? {})) {
      const needed = folderOf.get(name);
      if (needed !== undefined) found.add(needed);
    }
  }
  return [...found].toSorted();
}

const runs = (file: string): boolean => !file.endsWith('.d.ts') && !file.endsWith('.tsbuildinfo');

function copy(from: string, to: string): void {
  if (!existsSync(from)) throw new LaunchError(`${from} is missing: make build`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, filter: runs });
}

/** pnpm dice por qué no pudo en su salida, y no en la de errores. */
async function install(folder: string, pnpm: string): Promise<void> {
  try {
    await run(process.execPath, [pnpm, ...installArguments], {
      cwd: folder,
      maxBuffer: 2 ** 24,
      env: { ...process.env, CI: 'true' },
    });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new LaunchError(`pnpm could not install in ${folder}:\n${stdout?.trimEnd()}`);
  }
}

/**
 * Deja en `out` lo que lleva una imagen: cada sala con su dist en el mismo sitio que en el repositorio, y solo
 * las dependencias de producción. Corre con node a secas: `node workers/dist/main.js`.
 */
export async function buildImage(options: {
  name: ImageName;
  out: string;
  /** pnpm.cjs */
  pnpm: string;
}): Promise<readonly string[]> {
  const image: Image = images[options.name];
  const rooms = closureOf(image.rooms);
  // Al lado y con un cambio de nombre al final: lo que haya en `out` está siempre entero.
  const making = `${options.out}.making`;
  rmSync(making, { recursive: true, force: true });
  for (const file of workspaceFiles) copy(join(root, file), join(making, file));
  for (const room of rooms) {
    copy(join(root, room, 'package.json'), join(making, room, 'package.json'));
    copy(join(root, room, 'dist'), join(making, room, 'dist'));
  }
  for (const file of image.files) copy(join(root, file), join(making, file));
  await install(making, options.pnpm);
  for (const file of workspaceFiles) rmSync(join(making, file));
  rmSync(options.out, { recursive: true, force: true });
  renameSync(making, options.out);
  return rooms;
}
