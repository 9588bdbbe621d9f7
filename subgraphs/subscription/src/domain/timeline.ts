/** Cuándo rige algo: desde `validFrom`, hasta `validTo` sin incluirlo. */
export interface Period {
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** Una fila que hoy se cree. `rowId` es null mientras no se ha escrito. */
export interface Believed<T> extends Period {
  readonly rowId: bigint | null;
  readonly value: T;
}

export const holdsAt = ({ validFrom, validTo }: Period, at: Date): boolean =>
  validFrom <= at && (validTo === null || at < validTo);

/**
 * Lo que se cree de una sola cosa a lo largo del tiempo. Nada se corrige en su sitio: la fila que deja de
 * creerse se olvida (se cierra su known_to) y lo que queda de ella se escribe en otra.
 */
export class Timeline<T> {
  #believed: readonly Believed<T>[];
  readonly #forgotten: bigint[] = [];

  constructor(believed: readonly Believed<T>[] = []) {
    this.#believed = believed;
  }

  holding(at: Date): Believed<T> | undefined {
    return this.#believed.find((fact) => holdsAt(fact, at));
  }

  /** Desde cuándo se sabe algo. */
  get firstFrom(): Date {
    return new Date(Math.min(...this.#believed.map(({ validFrom }) => +validFrom)));
  }

  /** Desde `from` vale `value` (o nada) hasta `until`; lo que se había dicho de después queda sin efecto. */
  overwrite(from: Date, value: T | null, until: Date | null = null): void {
    const kept: Believed<T>[] = [];
    for (const fact of this.#believed) {
      if (fact.validTo !== null && fact.validTo <= from) {
        kept.push(fact);
        continue;
      }
      if (fact.rowId !== null) this.#forgotten.push(fact.rowId);
      if (fact.validFrom < from) kept.push({ ...fact, rowId: null, validTo: from });
    }
    if (value !== null) kept.push({ rowId: null, value, validFrom: from, validTo: until });
    this.#believed = kept;
  }

  /**
   * Desde `from`, cada tramo pasa a valer lo que `change` dice, y lo que ya se había dicho de después sigue en
   * pie: suspender no borra una cancelación con fecha. El tramo que `change` devuelve tal cual no se toca.
   */
  rewrite(from: Date, change: (value: T) => T): void {
    this.#believed = this.#believed.flatMap((fact): Believed<T>[] => {
      if (fact.validTo !== null && fact.validTo <= from) return [fact];
      const value = change(fact.value);
      if (value === fact.value) return [fact];
      if (fact.rowId !== null) this.#forgotten.push(fact.rowId);
      if (fact.validFrom >= from) return [{ ...fact, rowId: null, value }];
      return [
        { ...fact, rowId: null, validTo: from },
        { rowId: null, value, validFrom: from, validTo: fact.validTo },
      ];
    });
  }

  get forgotten(): readonly bigint[] {
    return this.#forgotten;
  }

  get unwritten(): readonly Believed<T>[] {
    return this.#believed.filter(({ rowId }) => rowId === null);
  }
}
