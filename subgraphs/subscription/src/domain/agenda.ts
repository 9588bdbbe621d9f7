import type { EndedChange, ScheduledChange, ScheduledChangeKind } from './scheduled-change.ts';

/** Lo que aún ha de pasarle a una suscripción, y lo que de ello se apuntó o terminó desde que se leyó. */
export class Agenda {
  #waiting: readonly ScheduledChange[];
  #added: readonly ScheduledChange[] = [];
  readonly #ended: EndedChange[] = [];

  constructor(waiting: readonly ScheduledChange[]) {
    this.#waiting = waiting;
  }

  get added(): readonly ScheduledChange[] {
    return this.#added;
  }

  get ended(): readonly EndedChange[] {
    return this.#ended;
  }

  byId(id: string): ScheduledChange | undefined {
    return this.#waiting.find((change) => change.id === id);
  }

  ofKind(kind: ScheduledChangeKind): ScheduledChange | undefined {
    return this.#waiting.find((change) => change.kind === kind);
  }

  add(change: ScheduledChange): void {
    this.#waiting = [...this.#waiting, change];
    this.#added = [...this.#added, change];
  }

  end({ id }: ScheduledChange, ended: EndedChange['ended']): void {
    this.#waiting = this.#waiting.filter((change) => change.id !== id);
    const unwritten = this.#added.some((change) => change.id === id);
    if (unwritten) this.#added = this.#added.filter((change) => change.id !== id);
    else this.#ended.push({ id, ended });
  }

  /** Lo que ya debió pasar se queda: pasó, aunque todavía no se haya contado. */
  withdrawAfter(at: Date): void {
    for (const change of this.#waiting) if (change.effectiveAt > at) this.end(change, 'WITHDRAWN');
  }
}
