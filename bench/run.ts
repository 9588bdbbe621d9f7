import { fileURLToPath } from 'node:url';
import { writeFigureTable } from '../tests/support/figure-table.ts';
import type { Bench } from './bench.ts';
import { provisioning } from './provisioning/provisioning.ts';

const benches: readonly Bench[] = [provisioning];

const wanted = process.argv[2];
const chosen = benches.filter(({ name }) => wanted === undefined || name === wanted);
if (chosen.length === 0) {
  process.stderr.write(
    `No bench is called ${wanted}; there are: ${benches.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}

const folder = fileURLToPath(new URL('../docs/bench/', import.meta.url));
for (const { name, notes, measure } of chosen) {
  const figures = await measure((line) => process.stderr.write(`${name}: ${line}\n`));
  const repeat = `make bench B=${name}`;
  await writeFigureTable(`${folder}${name}.md`, { name, repeat, figures, notes });
  const width = Math.max(...Object.keys(figures).map(({ length }) => length));
  for (const [figure, value] of Object.entries(figures)) {
    process.stdout.write(`${figure.padEnd(width)}  ${value}\n`);
  }
}
