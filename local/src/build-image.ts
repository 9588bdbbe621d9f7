import { resolve } from 'node:path';
import { buildImage, type ImageName, images } from './image.ts';
import { LaunchError } from './launch-error.ts';
import { openPhases } from './screen.ts';
import { root } from './settings.ts';

// make build-core · make build-worker: el árbol de producción que llevará cada imagen, en .cache/images/<nombre>.

const [name = '', pnpm = ''] = process.argv.slice(2);
const isImage = (given: string): given is ImageName => Object.hasOwn(images, given);
if (!isImage(name)) throw new TypeError(`no hay imagen ${name}`);

try {
  const out = resolve(root, '.cache/images', name);
  await openPhases().run(name, async (note) => {
    const rooms = await buildImage({ name, out, pnpm: resolve(pnpm) });
    note(`${out}: ${rooms.length} rooms, production dependencies only`);
  });
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`${error instanceof LaunchError ? message : stack}\n`);
  process.exitCode = 1;
}
