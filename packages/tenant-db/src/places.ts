interface Waiter {
  admit(): void;
  refuse(error: Error): void;
}

interface Places {
  readonly taken: number;
  readonly waiting: number;
  /** Resolves with a place in the order of arrival; rejects with `refusal()` when there is none in time. */
  take(): Promise<void>;
  giveBack(): void;
  refuseAll(): void;
  /** When nobody holds a place any more. */
  emptied(): Promise<void>;
}

interface PlacesOptions {
  readonly max: number;
  readonly waitMs: number;
  refusal(): Error;
  /** Somebody has joined the line. */
  onWait(): void;
}

/** A fixed number of places and one line in front of them. */
export function createPlaces({ max, waitMs, refusal, onWait }: PlacesOptions): Places {
  const line: Waiter[] = [];
  let taken = 0;
  let tellEmpty: () => void = () => undefined;

  function wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        admit() {
          clearTimeout(timer);
          resolve();
        },
        refuse(error) {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(waiter), 1);
        reject(refusal());
      }, waitMs);
      line.push(waiter);
      onWait();
    });
  }

  return {
    get taken() {
      return taken;
    },
    get waiting() {
      return line.length;
    },
    take() {
      if (taken >= max || line.length > 0) return wait();
      taken += 1;
      return Promise.resolve();
    },
    giveBack() {
      const next = line.shift();
      // El sitio pasa de mano en mano: nadie que llegue ahora se cuela.
      if (next !== undefined) next.admit();
      else taken -= 1;
      if (taken === 0) tellEmpty();
    },
    refuseAll() {
      for (const waiter of line.splice(0)) waiter.refuse(refusal());
    },
    emptied: () =>
      taken === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            tellEmpty = resolve;
          }),
  };
}
