import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crossing } from './boundaries.ts';
import { importTable } from './import-table.ts';
import { importsOf, roomSources, root } from './sources.ts';

const run = promisify(execFile);

interface Refusal {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

let refusedByBiome = new Map<string, ReadonlySet<number>>();
let folder: string;

// Los ficheros rotos van en una carpeta aparte con el biome.json de verdad, y una sola pasada los mira todos.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farutech-imports-'));
  await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'));
  for (const { from, may, mayNot } of Object.values(importTable)) {
    await mkdir(dirname(join(folder, from)), { recursive: true });
    const lines = [...may, ...mayNot].map((specifier) => `import '${specifier}';\n`);
    await writeFile(join(folder, from), lines.join(''));
  }
  const refusals = await lint(folder);
  refusedByBiome = groupLines(refusals);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lint(cwd: string): Promise<readonly Refusal[]> {
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--only=style/noRestrictedImports',
    '--reporter=json',
    '--max-diagnostics=none',
    '.',
  ];
  const answer = await run(join(root, 'node_modules/.bin/biome'), args, { cwd, maxBuffer: 2 ** 26 }).catch(
    // Encontrar lo que se puso a propósito es acabar con 1.
    (error: { stdout: string; stderr: string }) => error,
  );
  if (!answer.stdout.startsWith('{')) throw new Error(`Biome no dio JSON: ${answer.stderr}`);
  return (JSON.parse(answer.stdout) as { diagnostics: Refusal[] }).diagnostics;
}

function groupLines(refusals: readonly Refusal[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { location } of refusals) {
    const lines = found.get(location.path) ?? new Set();
    found.set(location.path, lines.add(location.start.line));
  }
  return found;
}

/** Lo rechace `make check` (Biome) o `make test` (la última prueba de este fichero), está prohibido. */
const isRefused = (from: string, specifier: string, line: number): boolean =>
  (refusedByBiome.get(from)?.has(line) ?? false) || crossing(from, specifier) !== undefined;

describe.each(Object.entries(importTable))('%s', (_room, { from, may, mayNot }) => {
  it('puede importar lo suyo', () => {
    const refused = may.filter((specifier, index) => isRefused(from, specifier, index + 1));

    expect(refused).toEqual([]);
  });

  if (mayNot.length === 0) return;
  it('no puede importar nada más', () => {
    const accepted = mayNot.filter((specifier, index) => !isRefused(from, specifier, may.length + index + 1));

    expect(accepted).toEqual([]);
  });
});

it('Biome solo deja pasar lo que su lista nombra: sin reglas no habría nada que rechazar', () => {
  const refused = [...refusedByBiome.values()].reduce((sum, lines) => sum + lines.size, 0);

  expect(refused).toBeGreaterThan(100);
});

it('ningún fichero cruza una frontera que Biome no ve', () => {
  const crossed = roomSources.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const reason = crossing(file, specifier);
      return reason === undefined ? [] : [`${file} → ${specifier}: ${reason}`];
    }),
  );

  expect(roomSources.length).toBeGreaterThan(300);
  expect(crossed).toEqual([]);
});
