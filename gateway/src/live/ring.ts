import type { ExecutionResult } from 'graphql';

/** Una respuesta acabada, con sus uniones hechas: se da tal cual a todos los del grupo. */
export interface Frame {
  /** null cuando la raíz no es reanudable o vino vacía. */
  readonly cursor: string | null;
  readonly result: ExecutionResult;
}

/**
 * Los últimos `size` marcos de un grupo. Las posiciones cuentan desde 0 y nunca se repiten, así que un
 * suscriptor es un número. De los cursores solo se mira si son iguales: su forma es asunto del subgrafo.
 */
export class Ring {
  readonly #frames: Frame[] = [];
  readonly #positions = new Map<string, number>();
  #base = 0;
  #origin: string | null = null;

  constructor(private readonly size: number) {}

  /** Posición del más viejo que queda. */
  get base(): number {
    return this.#base;
  }

  /** Posición que tendrá el siguiente. */
  get head(): number {
    return this.#base + this.#frames.length;
  }

  /** El cursor desde el que se abrió el grupo: quien lo tiene sigue por la posición 0. */
  startFrom(cursor: string | null): void {
    this.#origin = cursor;
  }

  push(frame: Frame): void {
    if (frame.cursor !== null) this.#positions.set(frame.cursor, this.head);
    this.#frames.push(frame);
    if (this.#frames.length <= this.size) return;
    const oldest = this.#frames.shift();
    if (oldest?.cursor != null && this.#positions.get(oldest.cursor) === this.#base)
      this.#positions.delete(oldest.cursor);
    this.#base++;
  }

  at(position: number): Frame | undefined {
    return this.#frames[position - this.#base];
  }

  /** La posición que sigue a ese cursor, o null si ya no está (o aún no). */
  after(cursor: string): number | null {
    const position = this.#positions.get(cursor);
    if (position !== undefined) return position + 1;
    return cursor === this.#origin && this.#base === 0 ? 0 : null;
  }
}
