const write = (text: string): void => {
  process.stdout.write(text);
};

export interface Phases {
  /** Corre una fase y escribe su nombre, lo que tardó y lo que dio. */
  run<T>(name: string, work: (note: (detail: string) => void) => Promise<T>): Promise<T>;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(8);

/** Una línea por fase, escrita al acabarla: se lee igual en una terminal y en el registro de un CI. */
export function openPhases(): Phases {
  return {
    async run(name, work) {
      const began = performance.now();
      let detail = '';
      const result = await work((text) => {
        detail = text;
      });
      write(`  ${name.padEnd(12)} ${seconds(performance.now() - began)}   ${detail}\n`);
      return result;
    },
  };
}

export const say = (line: string): void => write(`${line}\n`);

export function table(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) write(`  ${name.padEnd(width)}   ${value}\n`);
}
