/** Letras que hay que poner, quitar, cambiar o permutar (dos vecinas cuentan una) para ir de una a otra. */
function distance(from: string, to: string): number {
  const width = to.length + 1;
  const cells = new Map<number, number>();
  const at = (row: number, column: number): number => cells.get(row * width + column) ?? 0;
  for (let row = 0; row <= from.length; row += 1) {
    for (let column = 0; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const best =
        row === 0 || column === 0
          ? row + column
          : Math.min(
              at(row - 1, column) + 1,
              at(row, column - 1) + 1,
              at(row - 1, column - 1) + (same ? 0 : 1),
              swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
            );
      cells.set(row * width + column, best);
    }
  }
  return at(from.length, to.length);
}

/** The one that was probably meant: the beginning of a word, or a slip in every third letter at most. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const asked = word.toLowerCase();
  const begins = known.filter((one) => asked.length > 1 && one.toLowerCase().startsWith(asked));
  if (begins.length === 1) return begins[0];
  const ranked = known
    .map((one) => ({ one, slips: distance(asked, one.toLowerCase()) }))
    .toSorted((a, b) => a.slips - b.slips);
  const best = ranked[0];
  return best !== undefined && best.slips <= Math.max(1, best.one.length / 3) ? best.one : undefined;
}

/** `; did you mean products?`, or nothing. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
