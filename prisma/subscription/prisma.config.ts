import type { PrismaConfig } from 'prisma';

export default { schema: 'schema.prisma', migrations: { path: 'migrations' } } satisfies PrismaConfig;
