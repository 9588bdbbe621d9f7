import { Prisma } from '@farutech/prisma/tenant';
import type { TenantTransaction } from './tenant-client.ts';
import { causesOf } from './unavailable.ts';

/** Lo que dice la puerta de un inquilino en una base. Sin fila no está, ni consta dónde. */
interface Gate {
  readonly state: string;
  readonly movedTo: string | null;
}

/** The tenant is not in this database. */
export class ElsewhereError extends Error {
  override readonly name = 'ElsewhereError';
  constructor(
    /** The database that has it, if this one knows. */
    readonly movedTo: string | null,
    /** It is nowhere any more. */
    readonly closed = false,
  ) {
    super(`the tenant is not in this database, but in ${movedTo ?? 'none that it knows'}`);
  }
}

function refusal(gate: Gate | undefined): ElsewhereError | undefined {
  if (gate === undefined) return new ElsewhereError(null);
  if (gate.state === 'OPEN' || gate.state === 'LOGGING') return undefined;
  return new ElsewhereError(gate.movedTo, gate.state === 'MOVED' && gate.movedTo === null);
}

/** One statement: says of whom the transaction speaks, and whether that tenant is here. */
export async function enterTenant(tx: TenantTransaction, tenantId: string): Promise<void> {
  const [gate] = await tx.$queryRaw<
    Gate[]
  >`SELECT state, moved_to AS "movedTo" FROM tenant_enter(${tenantId}::uuid)`;
  const refused = refusal(gate);
  if (refused !== undefined) throw refused;
}

/** Which of them are here. Nobody is entered. */
export async function tenantsHere(
  tx: TenantTransaction,
  tenantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const gates = await tx.$queryRaw<(Gate & { tenantId: string })[]>`
    SELECT tenant_id AS "tenantId", state, moved_to AS "movedTo" FROM tenants_here(${[...tenantIds]}::uuid[])`;
  return new Set(gates.filter((gate) => refusal(gate) === undefined).map(({ tenantId }) => tenantId));
}

/** Also what the trigger of a protected table says to a write that came too late (SQLSTATE FT001). */
export function elsewhere(error: unknown): ElsewhereError | undefined {
  if (error instanceof ElsewhereError) return error;
  if (!(error instanceof Error)) return undefined;
  const told = causesOf(error).find(({ originalCode, code }) => (originalCode ?? code) === 'FT001');
  if (told === undefined) return undefined;
  return new ElsewhereError(typeof told.detail === 'string' && told.detail !== '' ? told.detail : null);
}

/** Two transactions were in each other's way: the same again may go well (SQLSTATE 40001 and 40P01). */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034') return true;
  return causesOf(error).some(
    ({ kind, originalCode }) => kind === 'TransactionWriteConflict' || originalCode === '40001',
  );
}
