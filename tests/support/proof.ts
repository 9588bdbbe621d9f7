import { fileURLToPath } from 'node:url';
import { type Figures, writeFigureTable } from './figure-table.ts';

const folder = fileURLToPath(new URL('../../docs/proofs/', import.meta.url));

/** `make prove`: la prueba entera, no su muestra. */
export const proving = process.env.PROVE === 'true';

/** Deja las cifras de una prueba entera donde se puedan leer; de una muestra no deja nada. */
export async function recordProof(name: string, figures: Figures): Promise<void> {
  if (!proving) return;
  await writeFigureTable(`${folder}${name}.md`, { name, repeat: 'make prove', figures });
}
