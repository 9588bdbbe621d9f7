import { configDefaults, defineConfig } from 'vitest/config';
import { CiSummary } from './tests/support/ci-summary.ts';
import { LongestFirst } from './tests/support/longest-first.ts';

// graphql publica CJS y ESM: type-graphql y Apollo cargan la CJS; sin este alias Vite cargaría además la ESM.
const shared = {
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }], conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
};

// Levantar PostgreSQL y NATS propios cabe de sobra; lo que tarda más es un fallo, no una máquina lenta.
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

/** Cada fichero en un proceso nuevo. */
const apart = (name: string, ...include: string[]) => ({ ...shared, test: { name, ...patience, include } });

/**
 * type-graphql guarda en el proceso las clases de todos, y ordena los argumentos de un campo la primera vez que alguien
 * lo pide: el SDL que sale después no es el mismo.
 */
const sdl = ['subgraphs/*/src/graphql/schema.test.ts', 'packages/subgraph/src/**/*.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', new CiSummary()],
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      apart('journeys', 'tests/journeys/**/*.test.ts'),
      apart('faults', 'tests/faults/**/*.test.ts'),
      {
        ...shared,
        test: {
          name: 'unit',
          ...patience,
          // Los de un carril, en un mismo proceso: cargar los módulos en cada fichero era la sexta parte de la tanda.
          isolate: false,
          include: [
            '{packages,subgraphs}/*/src/**/*.test.ts',
            '{gateway,identity,workers,local}/src/**/*.test.ts',
            'tests/architecture/**/*.test.ts',
            'tests/support/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...sdl],
        },
      },
      apart('sdl', ...sdl),
    ],
  },
});
