import type { Logger } from '@farutech/runtime/logger';
import type { GraphQLFormattedError } from 'graphql';
import type { LiveOperation } from './compile.ts';
import type { LiveFigures } from './figures.ts';
import { internalError, isPassing, missingAnswer } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import { type Frame, Ring } from './ring.ts';
import { Signal } from './signal.ts';
import { SharedSnapshot, type SnapshotOutcome, type SnapshotSource } from './snapshot.ts';
import { type DataSources, finish } from './tail.ts';
import type { LiveTransport } from './transport.ts';
import { Upstream } from './upstream.ts';

export interface GroupSettings {
  readonly ringSize: number;
  readonly lingerMs: number;
  readonly sources: () => DataSources;
  readonly transport: (service: string) => LiveTransport;
  readonly figures: LiveFigures;
  readonly log: Logger;
  /** Ya no se le puede sumar nadie. */
  readonly onEnd: (group: Group) => void;
}

/** Con qué se abrió: lo mismo para todos los que caben en el grupo, salvo el contexto, que es el del primero. */
export interface GroupSubject {
  readonly key: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: unknown;
}

export type GroupEnd =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'completed' }
  | { readonly kind: 'closed' };

/** Un suscriptor del grupo, visto desde el grupo: alguien a quien avisar. */
export interface Listener {
  wake(): void;
}

/** Un flujo reanudable que acaba sin cerrar su conexión puede ser un subgrafo que se vacía: se le cree a la quinta. */
const completionsBelieved = 5;

/** Suscriptores iguales del mismo alcance: una sola subida, un anillo de marcos acabados y nadie con cola propia. */
export class Group {
  readonly ring: Ring;
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<Listener>();
  readonly #signal = new Signal();
  readonly #snapshot: SharedSnapshot;
  #operation: LiveOperation;
  #upstream: Upstream | null = null;
  #last: string | null = null;
  #end: GroupEnd | null = null;
  #opened = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(
    operation: LiveOperation,
    readonly subject: GroupSubject,
    private readonly settings: GroupSettings,
    startFrom: string | null,
  ) {
    this.#operation = operation;
    this.ring = new Ring(settings.ringSize);
    this.#last = operation.resume === null ? null : startFrom;
    this.ring.startFrom(this.#last);
    this.#snapshot = new SharedSnapshot(this.#snapshotSource());
    settings.figures.groups++;
    this.#run().catch((error: unknown) => {
      this.report(error);
      this.refuse(internalError);
    });
  }

  get operation(): LiveOperation {
    return this.#operation;
  }

  get end(): GroupEnd | null {
    return this.#end;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Aún no ha salido la petición: el primer marco leerá un presente posterior a quien llegue ahora. */
  get firstFrameIsPresent(): boolean {
    return !this.#opened && this.#last === null;
  }

  join(listener: Listener): void {
    clearTimeout(this.#linger);
    this.#listeners.add(listener);
  }

  leave(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#wakeAll();
    if (this.#end !== null) return;
    // Una tormenta de reconexiones (un despliegue, una red que vuelve) encuentra el anillo todavía caliente.
    this.#linger = setTimeout(() => this.close(), this.settings.lingerMs);
  }

  /** Quien mira es avisado sin contar como suscriptor. */
  #snapshotSource(): SnapshotSource {
    const isAlive = (): boolean => this.#end === null && this.#listeners.size > 0;
    return {
      get alive() {
        return isAlive();
      },
      openForOne: (wake) => {
        this.settings.figures.snapshots++;
        return this.open(null, 1, wake);
      },
      watch: (listener) => {
        this.#watchers.add(listener);
        return () => this.#watchers.delete(listener);
      },
      finisher: () => {
        const operation = this.#operation;
        return (event) => this.finish(event, operation);
      },
    };
  }

  /** El presente, leído por una petición que sale después de esta llamada; la comparten los que lleguen a la vez. */
  present(): Promise<SnapshotOutcome> {
    return this.#snapshot.take().catch((error: unknown) => {
      this.report(error);
      return { kind: 'refused', errors: internalError };
    });
  }

  open(after: string | null, capacity: number, wake: () => void): Upstream {
    const { operation, subject, settings } = this;
    const variables = Object.fromEntries(
      operation.upstreamVariables
        .filter((name) => subject.variables[name] !== undefined)
        .map((name) => [name, subject.variables[name]]),
    );
    if (operation.resume !== null) variables[operation.resume.afterVariable] = after;
    return new Upstream(
      settings.transport(operation.service),
      {
        query: operation.query,
        operationName: operation.operationName,
        variables,
        context: subject.context,
      },
      { capacity, resumable: operation.resume !== null, figures: settings.figures, wake },
    );
  }

  finish(event: Parameters<typeof finish>[1], operation: LiveOperation): Promise<Frame> {
    this.settings.figures.tails++;
    const { variables, context } = this.subject;
    return finish(operation, event, variables, this.settings.sources(), context);
  }

  get figures(): LiveFigures {
    return this.settings.figures;
  }

  get ringSize(): number {
    return this.settings.ringSize;
  }

  /** Un fallo nuestro: se registra aquí una vez, y el cliente ve INTERNAL. */
  report(error: unknown): void {
    const { log } = this.settings;
    log.error({ err: error, field: this.#operation.rootKey }, 'live subscription failed');
  }

  /** Otro supergrafo: nadie se cae. Si cambió lo que se pide arriba, se reabre por donde iba. */
  reload(operation: LiveOperation): void {
    const before = this.#operation;
    this.#operation = operation;
    if (before.query !== operation.query || before.service !== operation.service) this.#upstream?.cut();
  }

  refuse(errors: readonly GraphQLFormattedError[]): void {
    this.#finishWith({ kind: 'refused', errors });
  }

  close(): void {
    this.#finishWith({ kind: 'closed' });
  }

  #finishWith(end: GroupEnd): void {
    clearTimeout(this.#linger);
    if (this.#end !== null) return;
    this.#end = end;
    this.settings.figures.groups--;
    this.settings.onEnd(this);
    this.#upstream?.close();
    this.#signal.raise();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const listener of this.#listeners) listener.wake();
    for (const watcher of this.#watchers) watcher.wake();
  }

  async #run(): Promise<void> {
    // Los que llegan en la misma vuelta del bucle comparten también la primera lectura.
    await new Promise((resolve) => setImmediate(resolve));
    let failures = 0;
    let completions = 0;
    while (this.#end === null) {
      const { operation } = this;
      const before = this.ring.head;
      if (this.#opened && before > 0) this.settings.figures.upstreamsResumed++;
      this.#opened = true;
      const upstream = this.open(this.#last, this.settings.ringSize * 4, () => this.#signal.raise());
      this.#upstream = upstream;
      await this.#drain(upstream, operation);
      upstream.close();
      this.#upstream = null;
      if (this.#end !== null) return;
      const advanced = this.ring.head > before;
      failures = advanced ? 1 : failures + 1;
      const { end } = upstream;
      if (end?.kind === 'refused' && !isPassing(end.errors)) {
        if (this.#abandonStart()) continue;
        this.refuse(end.errors);
        return;
      }
      if (end?.kind === 'completed') {
        completions = advanced ? 1 : completions + 1;
        if (operation.resume === null || completions >= completionsBelieved) {
          this.#finishWith({ kind: 'completed' });
          return;
        }
      }
      if (end?.kind === 'lost')
        this.settings.log.debug(
          { err: end.reason, field: operation.rootKey, failures },
          'live upstream lost',
        );
      if (end?.kind !== 'cut') await this.#signal.waitAtMost(retryDelayMs(failures));
    }
  }

  /** El cursor con que llegó el primero no valía: es cosa suya, y ya lo sabrá. El grupo empieza por el presente. */
  #abandonStart(): boolean {
    if (this.#last === null || this.ring.head > 0) return false;
    this.#last = null;
    this.ring.startFrom(null);
    this.#wakeAll();
    return true;
  }

  async #drain(upstream: Upstream, operation: LiveOperation): Promise<void> {
    while (this.#end === null) {
      const event = upstream.shift();
      if (event === undefined) {
        if (upstream.end !== null) return;
        await this.#signal.wait();
        continue;
      }
      if (event.data === null || event.data === undefined) {
        upstream.refuse(event.errors ?? missingAnswer);
        return;
      }
      // El reparto sigue el plan con que se abrió esta subida: sus alias son los que trae el suceso.
      const current = operation.query === this.#operation.query ? this.#operation : operation;
      const frame = await this.finish(event, current);
      if (this.#end !== null) return;
      if (frame.cursor !== null && frame.cursor === this.#last) continue;
      if (frame.cursor !== null) this.#last = frame.cursor;
      this.ring.push(frame);
      this.#wakeAll();
    }
  }
}
