import { openPlace } from './place.ts';
import { nouns } from './registry.ts';
import { run } from './run.ts';

// `./farutech tenants ls | head` cierra la salida antes de que acabe: no es un fallo nuestro.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const code = await run(process.argv.slice(2), {
  nouns,
  place: openPlace(process.env),
  terminal: {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
  },
});
// Quien migra deja armado el reloj de 10 s con que el motor espera su cerrojo: se sale en cuanto lo escrito salió.
process.stdout.write('', () => process.exit(code));
