import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// tsx y vitest no emiten metadatos: un decorador que no nombra su tipo corre distinto según quién compile.
const root = fileURLToPath(new URL('../../subgraphs/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\/graphql\/.*\.ts$/.test(file) && !/node_modules|dist|\.test\.ts$/.test(file),
);
const decorated =
  /@(?:Field|Query|Mutation|Subscription|FieldResolver|Arg)\((?!\s*(?:'[^']*',\s*)?\(\) =>)[^\n]*/g;

it('todo decorador de GraphQL nombra su tipo', () => {
  const guilty = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(decorated)].map((match) => `${file}: ${match[0]}`),
  );

  expect(files.length).toBeGreaterThan(10);
  expect(guilty).toEqual([]);
});
