import { writeFileSync } from 'node:fs';
import { buildSubscriptionSchema } from './graphql/schema.ts';

const { sdl } = await buildSubscriptionSchema();
writeFileSync(new URL('../schema.graphql', import.meta.url), sdl);
