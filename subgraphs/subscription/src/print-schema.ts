import { writeFileSync } from 'node:fs';
import { buildSubscriptionSchema } from './graphql/schema.ts';
import { unheardAnswers } from './testing/unheard-answers.ts';

const { sdl } = await buildSubscriptionSchema(unheardAnswers);
writeFileSync(new URL('../schema.graphql', import.meta.url), sdl);
