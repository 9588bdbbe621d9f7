import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';

export type Figures = Readonly<Record<string, string | number>>;

/** Deja unas cifras con el día, la máquina y cómo repetirlas: sin eso no dicen nada. */
export async function writeFigureTable(
  file: string,
  { name, repeat, figures, notes = [] }: FigureTable,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const rows = Object.entries(figures).map(([figure, value]) => `| ${figure} | ${value} |`);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  await writeFile(
    file,
    [
      `# ${name}`,
      '',
      `${new Date().toISOString().slice(0, 10)} · ${machine} · repeat with \`${repeat}\``,
      '',
      '| figure | value |',
      '|---|---|',
      ...rows,
      '',
      ...notes.flatMap((note) => [note, '']),
    ].join('\n'),
  );
}

interface FigureTable {
  readonly name: string;
  /** La orden que las vuelve a sacar. */
  readonly repeat: string;
  readonly figures: Figures;
  /** Párrafos debajo de la tabla: qué se midió contra qué. */
  readonly notes?: readonly string[];
}
