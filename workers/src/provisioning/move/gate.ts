import { PermanentError, TransientError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import pg from 'pg';
import { z } from 'zod';
import { enterAsMover, rollback } from './as-mover.ts';
import { askAll } from './ask-all.ts';

const gateRow = z.object({
  state: z.enum(['OPEN', 'LOGGING', 'INCOMING', 'MOVED']),
  homeEpoch: z.int(),
  moverEpoch: z.int(),
  movedTo: z.string().nullable(),
});
/** Lo que la puerta de un inquilino dice en una base. */
export type Gate = z.output<typeof gateRow>;

export const gateOf = (tenantId: string, locking: '' | 'FOR UPDATE' = ''): string =>
  `SELECT state, home_epoch AS "homeEpoch", mover_epoch AS "moverEpoch", moved_to AS "movedTo"
   FROM tenant_gate WHERE tenant_id = ${pg.escapeLiteral(tenantId)} ${locking}`;

export const parseGate = ([row]: readonly unknown[] = []): Gate | undefined =>
  row === undefined ? undefined : gateRow.parse(row);

export async function readGate(
  client: pg.ClientBase,
  tenantId: string,
  locking: '' | 'FOR UPDATE' = '',
): Promise<Gate | undefined> {
  const { rows } = await client.query(gateOf(tenantId, locking));
  return parseGate(rows);
}

/** Aquí vive el inquilino y se escribe. */
export const isHome = (gate: Gate | undefined): boolean =>
  gate?.state === 'OPEN' || gate?.state === 'LOGGING';

/**
 * De las dos casas, en cuál vive. Quien muere entre las dos confirmaciones de un cierre las deja abiertas: el número
 * mayor es el de la que se abrió, y como la otra no llegó a cerrarse, sigue viviendo en ella.
 */
export const livesHere = (here: Gate | undefined, there: Gate | undefined): boolean =>
  isHome(here) && !(isHome(there) && (there?.homeEpoch ?? 0) < (here?.homeEpoch ?? 0));

/** Los cerrojos de una puerta: el torno de quien escribe, y estar dentro. */
const turnstileLock = 42;
const insideLock = 44;

const tries = 20;
/** Lo que espera a quien está dentro: mientras, los que llegan hacen cola detrás. */
const lockTimeout = '300ms';
/** Parado con el torno en la mano, el servidor le quita la sesión: quien escribe sigue dentro de este plazo. */
const idleTimeout = '400ms';
const statementTimeout = '2s';

export interface Held<T> {
  readonly result: T;
  /** Desde que se pidió el cerrojo hasta que se soltó: lo que pudo esperar quien escribía. */
  readonly heldMs: number;
}

interface Holding {
  readonly lock?: number;
  /** Lo que se pregunta en el mismo viaje que el cerrojo, ya con él en la mano. */
  readonly asking?: readonly string[];
}

const busy = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '55P03';

/**
 * Una transacción con el cerrojo del inquilino en exclusiva. Un cerrojo consultivo es justo: los que llegan esperan
 * detrás. Con el de una fila, quien escribe sin parar dejó esperando 32 s.
 */
export async function exclusively<T>(
  client: pg.ClientBase,
  tenantId: string,
  work: (answers: readonly pg.QueryResult[]) => Promise<T>,
  { lock = turnstileLock, asking = [] }: Holding = {},
): Promise<Held<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(
        `BEGIN; SET LOCAL lock_timeout = '${lockTimeout}'; SET LOCAL statement_timeout = '${statementTimeout}';
         SET LOCAL idle_in_transaction_session_timeout = '${idleTimeout}'; ${enterAsMover(tenantId)}`,
      );
      const from = performance.now();
      const locking = `SELECT pg_advisory_xact_lock(${lock}, hashtext(${pg.escapeLiteral(tenantId)}))`;
      const [, ...answers] = await askAll(client, [locking, ...asking]);
      const result = await work(answers);
      await client.query('COMMIT');
      return { result, heldMs: performance.now() - from };
    } catch (error) {
      await rollback(client, error);
      if (!busy(error)) throw error;
      if (attempt === tries) {
        throw new TransientError(
          'TENANT_BUSY',
          'A transaction of the tenant does not end, so its writes cannot be held for an instant. Retry later.',
          { cause: error },
        );
      }
      await pause(50 * attempt);
    }
  }
}

/** Quien entró antes de que se cerrara ya ha salido: lo que queda aquí no lo mira nadie. */
export const untilNobodyIsInside = async (client: pg.ClientBase, tenantId: string): Promise<void> => {
  await exclusively(client, tenantId, async () => undefined, { lock: insideLock });
};

export const notTheHome = (databaseId: string): PermanentError =>
  new PermanentError(
    'NOT_THE_HOME',
    `The tenant does not live in ${databaseId}, so it cannot move from there.`,
  );
