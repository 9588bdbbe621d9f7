/**
 * Un aviso sin memoria de cuántas veces: quien espera despierta una vez y vuelve a mirar el estado.
 * Sustituye a `Promise.race` con una promesa que vive tanto como el suscriptor: cada carrera le dejaría
 * colgada una reacción más, y un suscriptor de semanas acabaría siendo una fuga.
 */
export class Signal {
  #raised = false;
  #resume: (() => void) | null = null;

  raise(): void {
    const resume = this.#resume;
    if (resume === null) {
      this.#raised = true;
      return;
    }
    this.#resume = null;
    resume();
  }

  async wait(): Promise<void> {
    if (!this.#raised) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
      return;
    }
    this.#raised = false;
  }

  async waitAtMost(ms: number): Promise<void> {
    const timer = setTimeout(() => this.raise(), ms);
    try {
      await this.wait();
    } finally {
      clearTimeout(timer);
    }
  }
}
