import { writeFileSync } from 'node:fs';
import { buildTenancySchema } from './graphql/schema.ts';
import { unwiredParts } from './testing/unwired-parts.ts';

const { sdl } = await buildTenancySchema(unwiredParts);
writeFileSync(new URL('../schema.graphql', import.meta.url), sdl);
