import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectors } from './projections.ts';

const subgraphs = new URL('../../../../subgraphs/', import.meta.url);

/** Los durables de los subgrafos que leen hechos (EVENT y STATUS), como los escribe cada consumidor. */
function listeners(): readonly string[] {
  return readdirSync(subgraphs).flatMap((name) => {
    const folder = new URL(`${name}/src/consumers/`, subgraphs);
    return readdirSync(folder)
      .map((file) => readFileSync(new URL(file, folder), 'utf8'))
      .filter((source) => /stream: '(EVENT|STATUS)'/.test(source))
      .map((source) => /const durable = '([a-z-]+)'/.exec(source)?.[1] ?? 'sin nombre');
  });
}

it('espera a todos los que proyectan hechos de otros, y a nadie más', () => {
  expect([...projectors].toSorted()).toEqual(listeners().toSorted());
});
