/** Los nombres de clientes llevan tildes, que pueden venir como letra y acento aparte. */
const widthOf = (text: string): number => [...text.normalize('NFC')].length;

const pad = (text: string, width: number): string =>
  `${text.normalize('NFC')}${' '.repeat(Math.max(0, width - widthOf(text)))}`;

/** Rows under their headings, each column as wide as its widest cell, two spaces between. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.toUpperCase()), ...rows];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `name   value`, without headings. */
export function pairs(rows: readonly (readonly [string, string])[], indent = ''): string {
  const width = Math.max(...rows.map(([name]) => widthOf(name)));
  return rows.map(([name, value]) => `${indent}${pad(name, width)}   ${value}`.trimEnd()).join('\n');
}

/** `1 customer`, `3 customers`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
