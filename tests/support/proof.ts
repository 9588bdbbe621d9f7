import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../docs/proofs/', import.meta.url));

/** `make prove`: la prueba entera, no su muestra. */
export const proving = process.env.PROVE === 'true';

/** Deja las cifras de una prueba entera donde se puedan leer; de una muestra no deja nada. */
export async function recordProof(name: string, figures: Record<string, string | number>): Promise<void> {
  if (!proving) return;
  await mkdir(folder, { recursive: true });
  const rows = Object.entries(figures).map(([figure, value]) => `| ${figure} | ${value} |`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  await writeFile(
    `${folder}${name}.md`,
    [
      `# ${name}`,
      '',
      `${new Date().toISOString().slice(0, 10)} · ${machine} · repeat with \`make prove\``,
      '',
      '| figure | value |',
      '|---|---|',
      ...rows,
      '',
    ].join('\n'),
  );
}
