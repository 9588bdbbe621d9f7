import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import type { Pool } from 'pg';

// @types/node 20 no declara WebAssembly y aquí no se quiere la biblioteca DOM entera.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: WasmExports } }>;
};
interface WasmExports {
  __wbindgen_start(): void;
}

export interface MigrationList {
  baseDir: string;
  shadowDbInitScript: string;
  lockfile: { path: string; content: string | null };
  migrationDirectories: {
    path: string;
    migrationFile: { path: string; content: { tag: 'ok'; value: string } };
  }[];
}
interface MigrationInput {
  migrationsList: MigrationList;
  filters: { externalTables: string[]; externalEnums: string[] };
}
interface SchemaInput extends MigrationInput {
  schema: { files: { path: string; content: string }[] };
}
interface SchemaEngine {
  applyMigrations(input: MigrationInput): Promise<{ appliedMigrationNames: string[] }>;
  devDiagnostic(
    input: MigrationInput,
  ): Promise<{ action: { tag: 'reset' | 'createMigration'; reason?: string } }>;
  createMigration(
    input: SchemaInput & { draft: boolean; migrationName: string },
  ): Promise<{ generatedMigrationName: string; migrationScript: string | null }>;
  free(): void;
}
export interface OpenEngine extends Omit<SchemaEngine, 'free'> {
  close(): Promise<void>;
}
interface Glue {
  __wbg_set_wasm(exports: WasmExports): void;
  SchemaEngine: { new: (options: object, log: () => void, factory: object) => Promise<SchemaEngine> };
}
interface RawAdapter extends SqlDriverAdapter {
  underlyingDriver(): Pool;
  onError(error: unknown): never;
  performIO(query: SqlQuery): Promise<{ fields?: { dataTypeID: number }[] }>;
}

const charOid = 18;
const textOid = 25;

/** Nunca `connectionString`: con ella pg ignora `database` y la base en la sombra sería la verdadera. */
function configOf(url: string) {
  const parsed = new URL(url);
  return {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    max: 1, // el cerrojo consultivo vive en una sola sesión
    application_name: parsed.searchParams.get('application_name') ?? 'prisma-migrate',
  };
}

/**
 * El motor ejecuta el guion y después, en otra transacción, lo anota: quien moría entre medias dejaba hecho lo que
 * constaba a medias, y repetirlo fallaba para siempre (42P07). Va detrás del guion, en su misma transacción.
 */
const recordFinished = `
;UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`;

function mend(
  adapter: SqlDriverAdapter,
  scripts: ReadonlySet<string>,
  onScriptError: (error: unknown) => void,
): SqlDriverAdapter {
  const raw = adapter as RawAdapter;
  const pool = raw.underlyingDriver();
  raw.executeScript = async (sql) => {
    try {
      await pool.query(scripts.has(sql) ? sql + recordFinished : sql);
    } catch (error) {
      onScriptError(error);
      raw.onError(error);
    }
  };
  const performIO = raw.performIO.bind(raw);
  const queryRaw = raw.queryRaw.bind(raw);
  const charColumns = new WeakMap<SqlQuery, readonly number[]>();
  raw.performIO = async (query) => {
    const result = await performIO(query);
    const fields = result.fields ?? [];
    const chars = fields.flatMap(({ dataTypeID }, index) => (dataTypeID === charOid ? [index] : []));
    charColumns.set(query, chars);
    for (const field of fields) if (field.dataTypeID === charOid) field.dataTypeID = textOid;
    return result;
  };
  // El adaptador no tiene letras sueltas, y el motor las exige al describir un CHECK: como texto entraría en pánico.
  raw.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return raw;
}

class MigrationPg extends PrismaPg {
  readonly #opened: SqlDriverAdapter[] = [];
  /** El motor cuenta un guion rechazado como texto, sin su SQLSTATE: aquí queda el error de PostgreSQL. */
  scriptError: unknown;
  /** Los guiones que se están aplicando a esta base; en una en la sombra no hay dónde anotarlos. */
  readonly applying = new Set<string>();
  readonly #mend = (adapter: SqlDriverAdapter): SqlDriverAdapter =>
    mend(adapter, this.applying, (error) => {
      this.scriptError = error;
    });
  constructor(private readonly target: ReturnType<typeof configOf>) {
    super(target);
  }
  override async connect() {
    const adapter = this.#mend(await super.connect()) as Awaited<ReturnType<PrismaPg['connect']>>;
    this.#opened.push(adapter);
    return adapter;
  }
  /** free() no cierra conexiones: sin esto quedaría una ociosa en el servidor por cada base migrada. */
  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((adapter) => adapter.dispose()));
  }
  override async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    const admin = this.#mend(await super.connect());
    await admin.executeScript(`CREATE DATABASE "${name}"`);
    const adapter = this.#mend(await new PrismaPg({ ...this.target, database: name }).connect());
    const end = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await end();
      await admin.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await admin.dispose();
    };
    return adapter as Awaited<ReturnType<PrismaPg['connectToShadowDb']>>;
  }
}

let loaded: Promise<Glue> | undefined;

function refuse(reason: string): never {
  throw new Error(`the schema engine died: ${reason}`);
}

async function load(): Promise<Glue> {
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Glue;
  const require = createRequire(import.meta.url);
  const file = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': glue });
  // Al morir, el motor deja aquí su motivo; sin quien lo oiga se vería solo que no había quien lo oyera.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: refuse } });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

export async function openEngine(url: string): Promise<OpenEngine> {
  loaded ??= load();
  const connections = new MigrationPg(configOf(url));
  const factory = bindMigrationAwareSqlAdapterFactory(connections);
  const engine = await (await loaded).SchemaEngine.new({ datamodels: undefined }, () => undefined, factory);
  return {
    async applyMigrations(input) {
      for (const { migrationFile } of input.migrationsList.migrationDirectories) {
        connections.applying.add(migrationFile.content.value);
      }
      try {
        return await engine.applyMigrations(input);
      } catch (error) {
        if (error instanceof Error && connections.scriptError !== undefined) {
          error.cause = connections.scriptError;
        }
        throw error;
      } finally {
        connections.applying.clear();
      }
    },
    devDiagnostic: (input) => engine.devDiagnostic(input),
    createMigration: (input) => engine.createMigration(input),
    async close() {
      engine.free();
      await connections.close();
    },
  };
}

export function migrationList(baseDir: string): MigrationList {
  const lock = join(baseDir, 'migration_lock.toml');
  const names = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    baseDir,
    shadowDbInitScript: '',
    lockfile: {
      path: './migration_lock.toml',
      content: existsSync(lock) ? readFileSync(lock, 'utf8') : null,
    },
    migrationDirectories: names
      .map((entry) => entry.name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: readFileSync(join(baseDir, name, 'migration.sql'), 'utf8') },
        },
      })),
  };
}
