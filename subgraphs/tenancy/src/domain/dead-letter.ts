import { type Envelope, envelope } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { duplicateWindowMs } from '@farutech/contracts/streams';
import { DomainError } from '@farutech/kernel/errors';
import type { Reason } from './reason.ts';

export interface DeadLetterData extends Omit<MessageDeadLettered, 'deadLetteredAt'> {
  readonly id: string;
  readonly receivedAt: Date;
  readonly replays: number;
  /** Va de camino, o llegó bien; vuelve a ser null si se da por perdido otra vez. */
  readonly replayedAt: Date | null;
  readonly discardedAt: Date | null;
  readonly discardReason: string | null;
}

const replayForm = /^replay:([0-9a-f-]{36}):(\d+)$/;

export interface Replay {
  readonly letterId: string;
  readonly n: number;
}

/** Qué carta se volvía a enviar con ese mensaje, si era un reenvío. */
export function replayIn(messageId: string): Replay | null {
  const [, letterId, n] = replayForm.exec(messageId) ?? [];
  return letterId === undefined ? null : { letterId, n: Number(n) };
}

const illegal = (message: string): DomainError => new DomainError('ILLEGAL_TRANSITION', message, 'id');

/** Un mensaje que un consumidor dio por perdido, y lo que se ha hecho con él desde entonces. */
export class DeadLetter {
  #data: DeadLetterData;

  private constructor(data: DeadLetterData) {
    this.#data = data;
  }

  static restore(data: DeadLetterData): DeadLetter {
    return new DeadLetter(data);
  }

  get id(): string {
    return this.#data.id;
  }

  data(): DeadLetterData {
    return this.#data;
  }

  /** El mensaje que lleva dentro. Lo que no se pudo leer no se puede volver a enviar. */
  get message(): Envelope {
    const wrapped = envelope.safeParse(this.#data.payload);
    if (wrapped.success) return wrapped.data;
    throw illegal('This message cannot be read, so it can only be discarded.');
  }

  /**
   * El identificador con que sale. `null`: ya va de camino. Dos clics son un reenvío; pasado lo que JetStream recuerda
   * un mensaje, uno más es a propósito: el anterior pudo perderse con el almacén.
   */
  replay(at: Date): string | null {
    const { id, replays, replayedAt, discardedAt } = this.#data;
    if (discardedAt !== null) throw illegal('This dead letter was discarded.');
    if (replayedAt !== null && at.getTime() - replayedAt.getTime() < duplicateWindowMs) return null;
    this.#data = { ...this.#data, replays: replays + 1, replayedAt: at };
    return `replay:${id}:${replays + 1}`;
  }

  /** El reenvío también se dio por perdido: la carta vuelve a estar abierta, con su motivo de ahora. */
  cameBack(n: number, { attempts, code, reason, payload }: MessageDeadLettered, at: Date): void {
    if (n !== this.#data.replays || this.#data.replayedAt === null) return;
    this.#data = { ...this.#data, attempts, code, reason, payload, receivedAt: at, replayedAt: null };
  }

  discard(reason: Reason, at: Date): void {
    if (this.#data.discardedAt !== null) throw illegal('This dead letter was discarded before.');
    this.#data = { ...this.#data, discardedAt: at, discardReason: reason };
  }
}
