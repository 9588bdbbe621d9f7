import type { Noun } from './command.ts';
import { customers } from './commands/customers.ts';
import { databases } from './commands/databases.ts';
import { demo } from './commands/demo.ts';
import { dlq } from './commands/dlq.ts';
import { oracle } from './commands/oracle.ts';
import { products } from './commands/products.ts';
import { projections } from './commands/projections.ts';
import { schedule } from './commands/schedule.ts';
import { stack } from './commands/stack.ts';
import { tenants } from './commands/tenants.ts';
import { token } from './commands/token.ts';

/** One line per noun; a noun is one file. */
export const nouns: readonly Noun[] = [
  stack,
  token,
  products,
  customers,
  tenants,
  projections,
  databases,
  schedule,
  dlq,
  oracle,
  demo,
];
