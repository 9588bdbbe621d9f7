import { openPlace } from './place.ts';
import { nouns } from './registry.ts';
import { run } from './run.ts';

// `./farutech tenants ls | head` cierra la salida antes de que acabe: no es un fallo nuestro.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  nouns,
  place: openPlace(process.env),
  terminal: {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
  },
});
