import { defineConfig } from 'vitest/config';
import { CiSummary } from './tests/support/ci-summary.ts';

// graphql publica CJS y ESM: type-graphql y Apollo cargan la CJS; sin este alias Vite cargaría además la ESM.
const shared = {
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }], conditions: ['source'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
};

// Levantar PostgreSQL y NATS propios cabe de sobra; lo que tarda más es un fallo, no una máquina lenta.
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: ['default', new CiSummary()],
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          ...patience,
          include: [
            '{packages,subgraphs}/*/src/**/*.test.ts',
            '{gateway,identity,workers,local}/src/**/*.test.ts',
            'tests/architecture/**/*.test.ts',
            'tests/support/**/*.test.ts',
          ],
        },
      },
      {
        ...shared,
        test: {
          name: 'journeys',
          ...patience,
          include: ['tests/journeys/**/*.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'faults',
          ...patience,
          include: ['tests/faults/**/*.test.ts'],
        },
      },
    ],
  },
});
