import { createHash } from 'node:crypto';
import { DomainError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import { LRUCache } from 'lru-cache';
import { createPlaces } from './places.ts';

/** A client that nobody closes before `release()`. Releasing twice is releasing once. */
interface Lease<C> {
  readonly client: C;
  release(): void;
}

export interface ClientPoolOptions<C> {
  /** How many clients may be open at once, those that are being opened or closed included. */
  readonly maxClients: number;
  /** A client that nobody has asked for during this time is closed. */
  readonly idleMs: number;
  /** How long somebody waits for room before UNAVAILABLE. */
  readonly waitMs: number;
  open(owner: string, connectionString: Secret): Promise<C>;
  close(client: C): Promise<void>;
  /** A client that did not close well. */
  onError(error: unknown): void;
}

interface ClientPoolFigures {
  /** Open, or being opened or closed. */
  readonly clients: number;
  readonly waiting: number;
  /** Since the start. */
  readonly opened: number;
}

export interface ClientPool<C> {
  /** The client of one connection string, opened by the first who asks. */
  lease(owner: string, connectionString: Secret): Promise<Lease<C>>;
  figures(): ClientPoolFigures;
  /** Whoever waits is refused; what is on lease is closed when it comes back. Resolves when nothing is open. */
  close(): Promise<void>;
}

interface Entry<C> {
  readonly client: C;
  leases: number;
  retired: boolean;
  closing: boolean;
}

interface Opening<C> {
  readonly entry: Promise<Entry<C>>;
  /** Los que esperan a que se abra: la entrada nace ya en uso por todos ellos. */
  wanted: number;
}

const noRoom = (): DomainError =>
  new DomainError('UNAVAILABLE', 'Too many tenant databases are in use just now. Try again in a moment.');

/** Con la contraseña no se hacen claves de mapas. El dueño entra en ella: la cadena de otro es otro cliente. */
const keyOf = (owner: string, connectionString: Secret): string =>
  createHash('sha256').update(`${owner}\0${connectionString.reveal()}`).digest('base64url');

/** Clients by connection string, the least recently used closed first, never one that is on lease. */
export function createClientPool<C>(options: ClientPoolOptions<C>): ClientPool<C> {
  const opening = new Map<string, Opening<C>>();
  const open = new Set<Entry<C>>();
  /** Uno de cada dieciséis sitios se deja libre de antemano: quien abre no espera a que otro acabe de cerrarse. */
  const spare = Math.floor(options.maxClients / 16);
  let opened = 0;
  let shut = false;

  const known = new LRUCache<string, Entry<C>>({
    max: options.maxClients,
    ttl: options.idleMs,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    dispose(entry) {
      entry.retired = true;
      closeIfDone(entry);
    },
  });

  function closeIfDone(entry: Entry<C>): void {
    if (!entry.retired || entry.leases > 0 || entry.closing) return;
    entry.closing = true;
    void options
      .close(entry.client)
      .catch(options.onError)
      .then(() => {
        open.delete(entry);
        places.giveBack();
      });
  }

  /** Del que menos se ha pedido en adelante. */
  function retire(count: number, kind: 'idle' | 'any'): number {
    let left = count;
    for (const key of [...known.rkeys()]) {
      if (left <= 0) break;
      if (kind === 'idle' && (known.peek(key)?.leases ?? 0) > 0) continue;
      known.delete(key);
      left -= 1;
    }
    return left;
  }

  /**
   * Retira tantos como esperan, los ociosos primero. Al que está en uso no se le corta: deja de prestarse, y el que
   * vuelva a pedirlo hace cola. Así nadie espera para siempre detrás de clientes que nunca descansan.
   */
  function makeRoom(): void {
    const onTheirWay = open.size - known.size;
    const missing = retire(places.waiting - onTheirWay, 'idle');
    if (places.waiting > 0) retire(missing, 'any');
    else retire(places.taken - onTheirWay - (options.maxClients - spare), 'idle');
  }

  const places = createPlaces({
    max: options.maxClients,
    waitMs: options.waitMs,
    refusal: noRoom,
    onWait: makeRoom,
  });

  async function openClient(owner: string, connectionString: Secret): Promise<C> {
    await places.take();
    try {
      const client = await options.open(owner, connectionString);
      opened += 1;
      return client;
    } catch (error) {
      places.giveBack();
      throw error;
    }
  }

  async function openEntry(key: string, owner: string, connectionString: Secret): Promise<Entry<C>> {
    let client: C;
    try {
      client = await openClient(owner, connectionString);
    } catch (error) {
      opening.delete(key);
      throw error;
    }
    // Sin ningún await: entre contar a los que esperan y dejar de apuntarlos no puede llegar otro.
    const leases = opening.get(key)?.wanted ?? 0;
    opening.delete(key);
    const entry: Entry<C> = { client, leases, retired: shut, closing: false };
    open.add(entry);
    if (!shut) known.set(key, entry);
    makeRoom();
    return entry;
  }

  function leaseOf(entry: Entry<C>): Lease<C> {
    let released = false;
    return {
      client: entry.client,
      release() {
        if (released) return;
        released = true;
        entry.leases -= 1;
        closeIfDone(entry);
      },
    };
  }

  return {
    async lease(owner, connectionString) {
      if (shut) throw noRoom();
      const key = keyOf(owner, connectionString);
      const entry = known.get(key);
      if (entry !== undefined) {
        entry.leases += 1;
        return leaseOf(entry);
      }
      const underWay = opening.get(key);
      if (underWay !== undefined) {
        underWay.wanted += 1;
        return leaseOf(await underWay.entry);
      }
      const first: Opening<C> = {
        // Se abre un paso después: cuando empieza, ya está apuntado en `opening`.
        entry: Promise.resolve().then(() => openEntry(key, owner, connectionString)),
        wanted: 1,
      };
      opening.set(key, first);
      return leaseOf(await first.entry);
    },
    figures: () => ({ clients: places.taken, waiting: places.waiting, opened }),
    async close() {
      shut = true;
      places.refuseAll();
      known.clear();
      await places.emptied();
    },
  };
}
