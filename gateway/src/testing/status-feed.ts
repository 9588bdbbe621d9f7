import { GraphQLError } from 'graphql';

interface Change {
  readonly version: number;
  readonly status: string;
}

/** Para que un cliente que no lee llene los búferes del sistema y no solo los nuestros. */
const detailBytes = 32_000;

const cursorOf = (version: number): string => Buffer.from(`v1:${version}`).toString('base64url');
const versionOf = (cursor: string): number => {
  const text = Buffer.from(cursor, 'base64url').toString();
  return text.startsWith('v1:') ? Number(text.slice(3)) : Number.NaN;
};

interface StatusFrame {
  readonly provisioningStatus: {
    readonly cursor: string;
    readonly status: string;
    readonly version: number;
    readonly detail: string;
    readonly instance: { readonly id: string };
  };
}

/** El registro de cambios de cada instancia: foto del presente, o lo posterior a un cursor, y luego lo nuevo. */
export class StatusFeed {
  readonly #changes = new Map<string, Change[]>();
  readonly #waiting = new Set<() => void>();
  live = 0;
  opened = 0;

  readonly cursor = cursorOf;

  version(id: string): number {
    return this.#of(id).at(-1)?.version ?? 0;
  }

  append(id: string, count = 1): void {
    const changes = this.#of(id);
    for (let n = 0; n < count; n++) {
      const version = this.version(id) + 1;
      changes.push({ version, status: `S${version}` });
    }
    this.ring();
  }

  /** Olvida lo viejo: quien vuelva con un cursor anterior lo tiene caducado. */
  forget(id: string, keep: number): void {
    const changes = this.#of(id);
    changes.splice(0, Math.max(0, changes.length - keep));
  }

  ring(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  open(id: string, after: string | null): AsyncIterableIterator<StatusFrame> {
    const oldest = this.#of(id)[0]?.version;
    if (oldest === undefined)
      throw new GraphQLError('There is no such instance.', {
        extensions: { code: 'NOT_FOUND', field: 'instanceId' },
      });
    let last = after === null ? this.version(id) - 1 : versionOf(after);
    if (!(last >= oldest - 1 && last <= this.version(id)))
      throw new GraphQLError('The cursor is too old.', {
        extensions: { code: 'CURSOR_EXPIRED', field: 'after' },
      });
    this.live++;
    this.opened++;
    let over = false;
    let wake = (): void => undefined;
    const leave = (): void => {
      if (over) return;
      over = true;
      this.live--;
      wake();
    };
    const next = async (): Promise<IteratorResult<StatusFrame>> => {
      while (!over) {
        const change = this.#of(id).find(({ version }) => version > last);
        if (change !== undefined) {
          last = change.version;
          return { done: false, value: frameOf(id, change) };
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
          this.#waiting.add(resolve);
        });
        this.#waiting.delete(wake);
      }
      return { done: true, value: undefined };
    };
    return {
      next,
      return: () => {
        leave();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #of(id: string): Change[] {
    const known = this.#changes.get(id) ?? [];
    this.#changes.set(id, known);
    return known;
  }
}

const frameOf = (id: string, { version, status }: Change): StatusFrame => ({
  provisioningStatus: {
    cursor: cursorOf(version),
    status,
    version,
    detail: 'x'.repeat(detailBytes),
    instance: { id },
  },
});
