import type { ExecutionResult } from 'graphql';
import type { LiveOperation } from './compile.ts';
import type { Group, Listener } from './group.ts';
import { internalError, isPassing, missingAnswer, refusalResult } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Frame } from './ring.ts';
import { Signal } from './signal.ts';
import type { SnapshotOutcome } from './snapshot.ts';
import type { Upstream } from './upstream.ts';

/** Tras leer el presente, el grupo suele tenerlo ya o en milisegundos: no merece una subida privada. */
const joinGraceMs = 250;

type Step =
  | { readonly kind: 'give'; readonly frame: Frame; readonly from: 'ring' | 'private' }
  | { readonly kind: 'end'; readonly result: ExecutionResult | null }
  | { readonly kind: 'wait'; readonly ms?: number }
  | { readonly kind: 'again' };

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Un suscriptor: su último cursor y nada más. Lee del anillo de su grupo; si su cursor no está en él, de una
 * subida privada hasta que aparezca. Si el cliente no lee, nadie llama a next() y aquí no se acumula nada.
 */
export class Member implements AsyncIterableIterator<ExecutionResult>, Listener {
  readonly #signal = new Signal();
  #last: string | null;
  #position: number | null = null;
  #private: { readonly upstream: Upstream; readonly operation: LiveOperation } | null = null;
  #privateFailures = 0;
  #snapshot: SnapshotOutcome | 'asked' | null = null;
  #graceUntil = 0;
  #over = false;

  constructor(
    private readonly group: Group,
    after: string | null,
  ) {
    const { operation, ring } = group;
    this.#last = operation.resume === null ? null : after;
    if (operation.resume === null) this.#position = Math.max(ring.base, ring.head - 1);
    else if (this.#last === null && group.firstFrameIsPresent) this.#position = ring.head;
    group.figures.members++;
    group.join(this);
  }

  wake(): void {
    this.#signal.raise();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    while (!this.#over) {
      const step = await this.#step().catch((error: unknown) => this.#failed(error));
      if (this.#over) break;
      switch (step.kind) {
        case 'give':
          if (step.frame.cursor !== null) this.#last = step.frame.cursor;
          this.#count(step.from);
          return { done: false, value: step.frame.result };
        case 'end':
          this.#leave();
          return step.result === null ? done : { done: false, value: step.result };
        case 'wait':
          await (step.ms === undefined ? this.#signal.wait() : this.#signal.waitAtMost(step.ms));
          break;
        case 'again':
          break;
      }
    }
    return done;
  }

  #failed(error: unknown): Step {
    this.group.report(error);
    return { kind: 'end', result: refusalResult(internalError) };
  }

  /** Atiende también a un next() que espera: lo despierta y le dice que se acabó. */
  return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.#leave();
    return Promise.resolve(done);
  }

  throw(error: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.#leave();
    return Promise.reject(error);
  }

  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#dropPrivate();
    this.group.figures.members--;
    this.group.leave(this);
    this.#signal.raise();
  }

  #count(from: 'ring' | 'private'): void {
    if (from === 'ring') this.group.figures.ringFrames++;
    else this.group.figures.privateFrames++;
  }

  async #step(): Promise<Step> {
    const fromRing = this.#readRing();
    if (fromRing !== null) return fromRing;
    const { end } = this.group;
    // Un flujo que terminó bien se acaba de leer desde el cursor, aunque ya no quede grupo.
    if (end !== null && (end.kind !== 'completed' || this.#last === null)) return this.#ending();
    return this.#last === null ? this.#readPresent() : this.#readPrivate(this.#last);
  }

  #ending(): Step {
    const { end } = this.group;
    return { kind: 'end', result: end?.kind === 'refused' ? refusalResult(end.errors) : null };
  }

  /** null: lo suyo no está en el anillo. */
  #readRing(): Step | null {
    const { ring, operation, end } = this.group;
    if (this.#position !== null && this.#position < ring.base) {
      // Se quedó atrás: un registro se recupera por el cursor; un estado sin cursor sigue por lo último.
      this.#position = operation.resume === null ? Math.max(ring.base, ring.head - 1) : null;
    }
    const position = this.#position ?? (this.#last === null ? null : ring.after(this.#last));
    if (position === null) return null;
    if (this.#private !== null) {
      this.#dropPrivate();
      this.group.figures.joined++;
    }
    const frame = ring.at(position);
    if (frame === undefined) return end === null ? { kind: 'wait' } : this.#ending();
    this.#position = position + 1;
    return { kind: 'give', frame, from: 'ring' };
  }

  #readPresent(): Step {
    const snapshot = this.#snapshot;
    if (snapshot === null) {
      this.#snapshot = 'asked';
      void this.group.present().then((outcome) => {
        this.#snapshot = outcome;
        this.#signal.raise();
      });
      return { kind: 'wait' };
    }
    if (snapshot === 'asked') return { kind: 'wait' };
    this.#snapshot = null;
    switch (snapshot.kind) {
      case 'frame':
        this.#graceUntil = performance.now() + joinGraceMs;
        if (snapshot.frame.cursor === null) this.#position = this.group.ring.head;
        return { kind: 'give', frame: snapshot.frame, from: 'private' };
      case 'refused':
        return { kind: 'end', result: refusalResult(snapshot.errors) };
      case 'closed':
        return { kind: 'again' };
    }
  }

  async #readPrivate(last: string): Promise<Step> {
    if (this.#private === null) {
      const grace = this.#graceUntil - performance.now();
      if (grace > 0) return { kind: 'wait', ms: grace };
      const { operation, ringSize } = this.group;
      this.#private = { operation, upstream: this.group.open(last, ringSize, () => this.wake()) };
    }
    const { upstream, operation } = this.#private;
    const event = upstream.shift();
    if (event === undefined) return upstream.end === null ? { kind: 'wait' } : this.#privateEnded(upstream);
    if (event.data === null || event.data === undefined) {
      upstream.refuse(event.errors ?? missingAnswer);
      return { kind: 'again' };
    }
    const frame = await this.group.finish(event, operation);
    this.#privateFailures = 0;
    return frame.cursor === last ? { kind: 'again' } : { kind: 'give', frame, from: 'private' };
  }

  #privateEnded(upstream: Upstream): Step {
    this.#private = null;
    const { end } = upstream;
    if (end?.kind === 'refused' && !isPassing(end.errors))
      return { kind: 'end', result: refusalResult(end.errors) };
    if (end?.kind === 'completed' && this.group.end !== null) return { kind: 'end', result: null };
    if (end?.kind === 'cut') return { kind: 'again' };
    this.#privateFailures++;
    const delayMs = retryDelayMs(this.#privateFailures);
    this.#graceUntil = performance.now() + delayMs;
    return { kind: 'wait', ms: delayMs };
  }

  #dropPrivate(): void {
    this.#private?.upstream.close();
    this.#private = null;
  }
}
