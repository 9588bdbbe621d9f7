import { writeFileSync } from 'node:fs';
import { buildCatalogSchema } from './graphql/schema.ts';
import { unwiredParts } from './testing/unwired-parts.ts';

const { sdl } = await buildCatalogSchema(unwiredParts);
writeFileSync(new URL('../schema.graphql', import.meta.url), sdl);
