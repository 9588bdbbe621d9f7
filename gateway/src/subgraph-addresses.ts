/** Las réplicas de un subgrafo, por turno. Quien falla una conexión pide la siguiente. */
export class SubgraphAddresses {
  #turn = 0;

  constructor(readonly all: readonly string[]) {
    if (all.length === 0) throw new TypeError('a subgraph needs an address');
  }

  next(): string {
    const url = this.all[this.#turn % this.all.length] ?? '';
    this.#turn = (this.#turn + 1) % this.all.length;
    return url;
  }
}
