import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import pg from 'pg';
import { eventually } from './eventually.ts';

export interface LoggedStatement {
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
}

export interface StatementLog {
  /** Las sentencias que el servidor recibió mientras `work` corría, con sus parámetros. */
  during(work: () => Promise<unknown>): Promise<readonly LoggedStatement[]>;
  close(): Promise<void>;
}

/** El registro de un servidor que apunta cada sentencia (`log_statement=all`). */
export async function openStatementLog(server: { adminUrl: string; logFile: string }): Promise<StatementLog> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  const file = await open(server.logFile);
  const sizeNow = async (): Promise<number> => (await file.stat()).size;

  /** Solo lo nuevo: el registro de una tanda pasa de 30 MB, y leerlo entero en cada vuelta costaba más que la consulta. */
  async function readFrom(start: number): Promise<string> {
    const buffer = Buffer.alloc((await sizeNow()) - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead).toString('utf8');
  }

  /** El registro llega por una tubería, tarde: está entero hasta una marca cuando la marca está en él. */
  async function mark(from: number): Promise<string> {
    const name = randomUUID();
    await client.query(`SELECT '${name}'`);
    return eventually(
      async () => {
        const [before, after] = (await readFrom(from)).split(`SELECT '${name}'`);
        if (before === undefined || after === undefined)
          throw new Error('la marca no ha llegado al registro');
        return before;
      },
      { everyMs: 5 },
    );
  }

  return {
    async during(work) {
      const start = await sizeNow();
      const before = await mark(start);
      await work();
      const all = await mark(start);
      return parseStatements(all.slice(before.length));
    },
    async close() {
      await file.close();
      await client.end();
    },
  };
}

const entryStart = /^\d{4}-\d\d-\d\d .*?\b(LOG|DETAIL|ERROR|STATEMENT|HINT|WARNING|FATAL|CONTEXT):\s{2}/;
const executed = /^(?:execute [^:]*|statement): ([\s\S]*)$/;

/** Un apunte ocupa varias líneas; su DETAIL, si lo hay, trae los parámetros. */
export function parseStatements(log: string): readonly LoggedStatement[] {
  const found: { sql: string; parameters: (string | null)[] }[] = [];
  for (const { kind, text } of entries(log)) {
    const sql = kind === 'LOG' ? executed.exec(text)?.[1] : undefined;
    if (sql !== undefined) found.push({ sql: sql.trim(), parameters: [] });
    const last = found.at(-1);
    if (kind === 'DETAIL' && last !== undefined && /^parameters: /i.test(text)) {
      last.parameters = parametersOf(text);
    }
  }
  return found;
}

function entries(log: string): { kind: string; text: string }[] {
  const found: { kind: string; text: string }[] = [];
  for (const line of log.split('\n')) {
    const start = entryStart.exec(line);
    const last = found.at(-1);
    if (start !== null) found.push({ kind: start[1] ?? '', text: line.slice(start[0].length) });
    else if (last !== undefined) last.text += `\n${line}`;
  }
  return found;
}

const parametersOf = (text: string): (string | null)[] =>
  [...text.matchAll(/\$\d+ = (?:(NULL)|'((?:[^']|'')*)')/g)].map(([, isNull, value]) =>
    isNull === undefined ? (value ?? '').replaceAll("''", "'") : null,
  );
