import { describe, expect, it } from 'vitest';
import { readGatewayConfig } from '../../gateway/src/config.ts';
import { readConfig as readIdentityConfig } from '../../identity/src/config.ts';
import { environmentOf, listServices } from '../../local/src/services.ts';
import { readSettings } from '../../local/src/settings.ts';
import { Secret } from '../../packages/kernel/src/secret.ts';
import { parseCatalogConfig } from '../../subgraphs/catalog/src/config.ts';
import { parseSubscriptionConfig } from '../../subgraphs/subscription/src/config.ts';
import { parseTenancyConfig } from '../../subgraphs/tenancy/src/config.ts';
import { readConfig as readWorkersConfig } from '../../workers/src/config.ts';
import { read } from './sources.ts';

type Environment = Readonly<Record<string, string>>;
interface ReadBy {
  /** Lo que cada una tiene que tener, y nada más. */
  readonly least: Environment;
  read(source: NodeJS.ProcessEnv): unknown;
}

const database = 'postgresql://farutech@127.0.0.1:5432/farutech';
const internal = { INTERNAL_TOKEN_SECRET: 'x'.repeat(32) };
const readers: Readonly<Record<string, ReadBy>> = {
  catalog: { least: { DATABASE_URL: database, ...internal }, read: parseCatalogConfig },
  tenancy: {
    least: { DATABASE_URL: database, TENANTS_DATABASE_URL: database, ...internal },
    read: parseTenancyConfig,
  },
  subscription: { least: { DATABASE_URL: database, ...internal }, read: parseSubscriptionConfig },
  identity: { least: { DATABASE_URL: database }, read: readIdentityConfig },
  gateway: {
    least: {
      IDENTITY_ISSUER: 'http://127.0.0.1:4100',
      JWKS_URL: 'http://127.0.0.1:4100/jwks',
      SUBGRAPH_CATALOG_URLS: 'http://127.0.0.1:4001/graphql',
      ...internal,
    },
    read: readGatewayConfig,
  },
  workers: {
    // Con clúster, para que se lean también las suyas.
    least: {
      DATABASE_URL: database,
      TENANT_SERVER_URL: database,
      TENANTS_DATABASE_URL: database,
      NATS_URL: 'nats://127.0.0.1:4222',
    },
    read: readWorkersConfig,
  },
};
/** Las que lee el proceso entero, y no la configuración de un servicio. */
const ofTheProcess = ['NODE_ENV', 'LOG_LEVEL'];

interface Row {
  readonly setting: string;
  readonly readBy: readonly string[];
  /** Sin comillas de código es una explicación. */
  readonly value: string;
  readonly launcher: string;
}

const rows: readonly Row[] = read('docs/settings.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, setting = '', readBy = '', value = '', launcher = ''] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    const services = readBy === 'all' ? Object.keys(readers) : readBy.split(', ');
    return { setting: setting.replaceAll('`', ''), readBy: services, value, launcher };
  });
const documented = (service: string): readonly Row[] =>
  rows.filter(({ readBy, setting }) => readBy.includes(service) && !ofTheProcess.includes(setting));

const generic = (name: string): string => name.replace(/^SUBGRAPH_.+_URLS$/, 'SUBGRAPH_<NAME>_URLS');

/** Los nombres que mira, los tenga el entorno o no. */
function namesRead({ least, read }: ReadBy): readonly string[] {
  const seen = new Set<string>();
  read(
    new Proxy<NodeJS.ProcessEnv>(least, {
      get(source, name) {
        if (typeof name === 'string') seen.add(generic(name));
        return Reflect.get(source, name);
      },
    }),
  );
  return [...seen].toSorted();
}

/** Dos secretos se parecen siempre: se comparan por dentro. */
const revealed = (config: unknown): unknown =>
  JSON.parse(
    JSON.stringify(config, function (this: Record<string, unknown>, key, value) {
      const raw = this[key];
      return raw instanceof Secret ? raw.reveal() : value;
    }),
  );

const code = (cell: string): string | undefined => /^`([^`]+)`$/.exec(cell)?.[1];

describe.each(Object.entries(readers))('lo que lee %s', (service, reader) => {
  it('está en la tabla, y nada más que eso', () => {
    const named = documented(service).map(({ setting }) => setting);

    expect(named.toSorted()).toEqual(namesRead(reader));
  });

  it.each(documented(service).map((row) => [row.setting, row] as const))(
    '%s: su valor por omisión',
    (name, { value }) => {
      const { least, read } = reader;
      const given = Object.keys(least).find((one) => generic(one) === name);
      const without = Object.fromEntries(Object.entries(least).filter(([one]) => one !== given));
      if (value === 'required') {
        expect(() => read(without)).toThrow(name);
        return;
      }
      expect(given, 'no hace falta darlo').toBeUndefined();
      const usual = code(value);
      if (usual !== undefined)
        expect(revealed(read({ ...least, [name]: usual }))).toEqual(revealed(read(least)));
      else expect(value).toMatch(/^(?:—|a key that everybody knows|the repository's)$/);
    },
  );
});

describe('lo que make up da a cada servicio', async () => {
  const url = `${database}_it`;
  const { services } = await listServices({
    settings: readSettings({}),
    databases: {
      applied: 0,
      urls: { catalog: url, tenancy: url, subscription: url, identity: url, workers: url, tenants: url },
    },
    adminUrl: url,
    tenantsUrl: url,
    natsUrl: 'nats://127.0.0.1:4222',
    secrets: {
      internalToken: 'x'.repeat(32),
      fieldKeys: 'k:x',
      cookieKeys: 'x'.repeat(32),
      tenantsPassword: 'x',
    },
  });

  it.each(services.map((service) => [service.name, service] as const))(
    '%s: la tabla dice qué decide él',
    (name, { env }) => {
      const own = documented(name.startsWith('worker-') ? 'workers' : name);
      const set = [...new Set(Object.keys(env).map(generic))].toSorted();

      expect(
        own
          .filter(({ launcher }) => launcher === 'set')
          .map(({ setting }) => setting)
          .toSorted(),
      ).toEqual(set);
      expect(
        own.filter(({ launcher }) => launcher !== 'set').every(({ launcher }) => launcher === 'passes'),
      ).toBe(true);
    },
  );

  it('lo demás llega como lo dio quien opera, y lo suyo no se lo quita nadie', () => {
    const worker = services.find(({ name }) => name === 'worker-provisioning');
    if (worker === undefined) throw new TypeError('no hay trabajador');
    const operators = { KUBERNETES: 'kubeconfig', KUBECONFIG: '/k', DROP_GRACE_MS: '0', DUMP_DIR: '/dumps' };

    const env = environmentOf(worker, { ...operators, DATABASE_URL: 'postgresql://otra', PATH: '/bin' });

    expect(env).toEqual({ ...operators, PATH: '/bin', ...worker.env });
    expect(readWorkersConfig(env)).toMatchObject({
      dropGraceMs: 0,
      dumpDir: '/dumps',
      databaseUrl: url,
      kubernetes: { mode: 'kubeconfig', kubeconfig: '/k' },
    });
  });
});
