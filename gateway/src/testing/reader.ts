import type { ExecutionResult } from 'graphql';

interface StatusData {
  readonly provisioningStatus: {
    readonly version: number;
    readonly cursor?: string;
    readonly instance?: { readonly id: string; readonly planName: string | null };
  };
}

export const statusOf = (result: ExecutionResult): StatusData['provisioningStatus'] =>
  (result.data as unknown as StatusData).provisioningStatus;

/** Lee de continuo lo que llega; `return()` como cuando el cliente cierra. */
export class Reader {
  readonly results: ExecutionResult[] = [];
  over = false;
  readonly ended: Promise<void>;

  constructor(readonly iterator: AsyncIterableIterator<ExecutionResult>) {
    this.ended = this.#read();
  }

  get versions(): number[] {
    return this.results.map((result) => statusOf(result).version);
  }

  get code(): unknown {
    return this.results.at(-1)?.errors?.[0]?.extensions.code;
  }

  async leave(): Promise<void> {
    await this.iterator.return?.();
    await this.ended;
  }

  async #read(): Promise<void> {
    for await (const result of this.iterator) this.results.push(result);
    this.over = true;
  }
}
