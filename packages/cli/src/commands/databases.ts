import { createDatabase } from '@farutech/local/databases';
import {
  type ControlPlaneDatabase,
  controlPlane,
  controlPlaneNames,
  databaseUrl,
  migrateControlPlane,
} from '@farutech/prisma/control-plane';
import { type Noun, verb } from '../command.ts';
import { counted, pairs } from '../table.ts';

interface Migrated {
  readonly database: ControlPlaneDatabase;
  readonly applied: readonly string[];
}

const migrate = verb({
  name: 'migrate',
  summary: 'applies the migrations that are missing to the databases of the control plane',
  words: [],
  options: {},
  examples: [
    { command: 'databases migrate', means: 'of the stack that runs' },
    {
      command: 'databases migrate --json',
      means: 'with DATABASE_URL=postgresql://…, of that server; what is missing there is created',
    },
  ],
  async run({ place }) {
    const migrated: Migrated[] = [];
    for (const database of controlPlaneNames) {
      const url = place.databaseUrl(database);
      const server = place.settings.databaseUrl;
      // Nombrada una a una, la base ya existe y puede estar en un servidor donde no se crea nada.
      if (server !== undefined && url === databaseUrl(server, controlPlane[database])) {
        await createDatabase(server, controlPlane[database]);
      }
      migrated.push({ database, applied: await migrateControlPlane(database, url) });
    }
    const count = migrated.reduce((sum, { applied }) => sum + applied.length, 0);
    return {
      text: [
        pairs(
          migrated.map(({ database, applied }) => [
            database,
            applied.length === 0 ? 'up to date' : applied.join(', '),
          ]),
        ),
        `${counted(count, 'migration')} applied`,
      ].join('\n'),
      data: { databases: migrated, applied: count },
    };
  },
});

export const databases: Noun = {
  name: 'databases',
  summary: 'the five databases of the control plane',
  verbs: [migrate],
};
