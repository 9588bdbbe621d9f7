import type { PrismaConfig } from 'prisma';

export default { schema: 'schema.prisma' } satisfies PrismaConfig;
