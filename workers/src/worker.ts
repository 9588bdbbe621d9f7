import type { StreamName } from '@farutech/contracts/streams';
import type { Handler } from '@farutech/messaging/consume';
import type { Logger } from '@farutech/runtime/logger';
import type { ScheduledTask } from '@farutech/schedule/task';
import type { WorkersConfig } from './config.ts';

/** Un trabajador en marcha: lo que hace con cada mensaje y cómo se comprueba y se cierra lo que abrió. */
export interface OpenWorker {
  readonly handlers: readonly Handler[];
  /** Preguntas que se le pueden hacer sin encargarle nada. */
  readonly answers: readonly { readonly subject: string; handle(question: unknown): Promise<unknown> }[];
  /** Lo que hace por el reloj, sin que nadie se lo encargue. */
  readonly tasks: readonly ScheduledTask[];
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Un trabajador es un dato; el bucle, los reintentos y las cartas muertas son de packages/messaging. */
export interface Worker {
  readonly name: string;
  readonly durable: string;
  readonly stream: StreamName;
  readonly subject: string;
  open(config: WorkersConfig, log: Logger): Promise<OpenWorker>;
}
