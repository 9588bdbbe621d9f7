import { PrismaClient } from '@farutech/prisma/identity';
import { PrismaPg } from '@prisma/adapter-pg';

export const openIdentity = (connectionString: string): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 2 }) });
