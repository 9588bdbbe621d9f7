import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { freshCode, provision, statusOf } from '../support/instances.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = fileURLToPath(new URL('farutech-logistics', import.meta.url));
const manifest: unknown = JSON.parse(readFileSync(join(folder, 'product.json'), 'utf8'));

const apply = `mutation($manifest: JSON!, $dryRun: Boolean) {
  applyProductManifest(manifest: $manifest, dryRun: $dryRun) { applied product { code } changes { action kind code } }
}`;
interface Applied {
  readonly applyProductManifest: {
    readonly applied: boolean;
    readonly product: { readonly code: string } | null;
    readonly changes: readonly { readonly action: string; readonly kind: string; readonly code: string }[];
  };
}

let productsDir: string;
let stack: TestStack;
let operator: Api;
let customerId: string;

beforeAll(async () => {
  // Los productos de siempre y uno más: ninguna otra cosa distingue a esta pila de la de todos los días.
  productsDir = await mkdtemp(join(tmpdir(), 'farutech-products-'));
  await cp(`${root}products`, productsDir, { recursive: true });
  await cp(folder, join(productsDir, 'farutech-logistics'), { recursive: true });
  await chmod(productsDir, 0o755);
  stack = await startTestStack({ profile: 'compact', env: { DEMO: 'false', PRODUCTS_DIR: productsDir } });
  operator = await stack.as('operator@farutech.test');
  const { registerCustomer } = await operator.get<{ registerCustomer: { id: string } }>(
    'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { id } }',
    {
      input: {
        legalName: 'Transportes del Sur',
        country: 'CO',
        taxId: '890900608-9',
        billingEmail: 'facturas@sur.test',
      },
    },
  );
  customerId = registerCustomer.id;
}, 180_000);

afterAll(async () => {
  await stack?.close();
  if (productsDir !== undefined) await rm(productsDir, { recursive: true, force: true });
});

const applied = async (dryRun = false): Promise<Applied['applyProductManifest']> =>
  (await operator.get<Applied>(apply, { manifest, dryRun })).applyProductManifest;
const actions = ({ changes }: Applied['applyProductManifest']): Record<string, number> =>
  Object.fromEntries(
    [...new Set(changes.map(({ action, kind }) => `${action} ${kind}`))].map((what) => [
      what,
      changes.filter(({ action, kind }) => `${action} ${kind}` === what).length,
    ]),
  );

describe('un producto nuevo es una carpeta', () => {
  it('ninguna línea de código lo nombra, ni está entre los productos del repositorio', () => {
    expect(readdirSync(`${root}products`)).not.toContain('farutech-logistics');
    const sources = ['subgraphs', 'workers', 'gateway', 'identity', 'local', 'prisma'].flatMap((room) =>
      readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => /(^|\/)src\/.*\.ts$/.test(file) && !/node_modules|\/generated\//.test(file))
        .map((file) => `${root}${room}/${file}`),
    );

    expect(sources.length).toBeGreaterThan(200);
    expect(sources.filter((file) => /logistics/i.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('un ensayo dice todo lo que haría; aplicarlo lo hace, y otra vez no cambia nada', async () => {
    const whole = { 'CREATE PRODUCT': 1, 'CREATE MODULE': 3, 'CREATE FEATURE': 12, 'PUBLISH PLAN': 3 };

    const rehearsal = await applied(true);
    const first = await applied();
    const second = await applied();

    expect(rehearsal).toMatchObject({ applied: false, product: null });
    expect(actions(rehearsal)).toEqual(whole);
    expect(first).toMatchObject({ applied: true, product: { code: 'FARUTECH_LOGISTICS' } });
    expect(actions(first)).toEqual(whole);
    expect(second.changes.filter(({ action }) => action !== 'UNCHANGED')).toEqual([]);
  });
});

const read = `query($id: ID!) { tenantInstance(id: $id) {
  product { code } subscription { status plan { code maxUsers } }
  effectiveFeatures { enabled maxUsers features { code enabled cause } }
} }`;
interface Instance {
  readonly tenantInstance: {
    readonly product: { readonly code: string };
    readonly subscription: {
      readonly status: string;
      readonly plan: { readonly code: string; readonly maxUsers: number };
    };
    readonly effectiveFeatures: {
      readonly enabled: readonly string[];
      readonly maxUsers: number;
      readonly features: readonly {
        readonly code: string;
        readonly enabled: boolean;
        readonly cause: string;
      }[];
    };
  };
}

describe.each(['STANDARD', 'ENTERPRISE'] as const)(
  'una instancia %s de Farutech Logistics',
  (databaseTier) => {
    let id: string;

    beforeAll(async () => {
      await applied();
      ({ id } = await provision(operator, {
        customerId,
        instanceCode: freshCode('flota'),
        productCode: 'FARUTECH_LOGISTICS',
        planCode: 'LOGISTICS_PROFESSIONAL',
        databaseTier,
      }));
      await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
    });

    it('nace ACTIVE, con lo que su plan incluye encendido y lo demás apagado', async () => {
      const { tenantInstance } = await operator.get<Instance>(read, { id });

      expect(tenantInstance).toMatchObject({
        product: { code: 'FARUTECH_LOGISTICS' },
        subscription: { status: 'ACTIVE', plan: { code: 'LOGISTICS_PROFESSIONAL', maxUsers: 18 } },
      });
      expect(tenantInstance.effectiveFeatures.enabled).toHaveLength(8);
      expect(tenantInstance.effectiveFeatures.enabled).toContain('LIVE_TRACKING');
      const off = tenantInstance.effectiveFeatures.features.filter(({ enabled }) => !enabled);
      expect(off.map(({ cause }) => cause)).toEqual(Array(4).fill('NOT_IN_PLAN'));
    });

    it('una excepción enciende lo que el plan no incluye', async () => {
      const { subscriptionId } = await subscriptionOf(id);
      await operator.get(
        'mutation($input: SetFeatureOverrideInput!) { setFeatureOverride(input: $input) { id } }',
        {
          input: {
            subscriptionId,
            featureCode: 'ROUTE_OPTIMIZATION',
            overrideType: 'ENABLE',
            reason: 'Prueba de un mes',
          },
        },
      );

      const { tenantInstance } = await operator.get<Instance>(read, { id });

      expect(tenantInstance.effectiveFeatures.enabled).toContain('ROUTE_OPTIMIZATION');
    });

    it('su base tiene las tablas del producto y los puestos, tras la pared entre inquilinos', async () => {
      const { role, client } = await openHome(id, databaseTier);
      try {
        await client.query('BEGIN');
        await client.query(`SET LOCAL ROLE ${role}`);
        await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [id]);
        await client.query(`INSERT INTO vehicle VALUES ($1, $1, 'ABC123')`, [id]);
        await client.query(`INSERT INTO waybill VALUES ($1, $1, $1, 'Doña Rosa', NULL)`, [id]);
        await client.query(
          `INSERT INTO tenant_user (tenant_id, id, email, display_name, role, created_at)
         VALUES ($1, $1, 'conductor@sur.test', 'Conductor', 'MEMBER', now())`,
          [id],
        );
        await client.query('COMMIT');

        const foreign = 'INSERT INTO vehicle VALUES (gen_random_uuid(), gen_random_uuid(), $1)';
        await client.query('BEGIN');
        await client.query(`SET LOCAL ROLE ${role}`);
        const unseen = await client.query('SELECT * FROM waybill');
        await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [id]);
        const seen = await client.query('SELECT recipient FROM waybill');
        await expect(client.query(foreign, ['XYZ987'])).rejects.toThrow(/row-level security/);
        await client.query('ROLLBACK');

        expect([unseen.rows, seen.rows]).toEqual([[], [{ recipient: 'Doña Rosa' }]]);
      } finally {
        await client.end();
      }
    });

    it('la base propia no trae las tablas de los demás productos', async () => {
      const { client } = await openHome(id, databaseTier);
      try {
        const { rows } = await client.query<{ patient: string | null; vehicle: string | null }>(
          `SELECT to_regclass('patient')::text AS patient, to_regclass('vehicle')::text AS vehicle`,
        );

        const shared = databaseTier === 'STANDARD';
        expect(rows).toEqual([{ patient: shared ? 'patient' : null, vehicle: 'vehicle' }]);
      } finally {
        await client.end();
      }
    });
  },
);

async function subscriptionOf(id: string): Promise<{ subscriptionId: string }> {
  const { tenantInstance } = await operator.get<{ tenantInstance: { subscription: { id: string } } }>(
    'query($id: ID!) { tenantInstance(id: $id) { subscription { id } } }',
    { id },
  );
  return { subscriptionId: tenantInstance.subscription.id };
}

/** La base donde vive el inquilino y el rol con el que su aplicación entra en ella. */
async function openHome(
  id: string,
  tier: 'STANDARD' | 'ENTERPRISE',
): Promise<{ role: string; client: pg.Client }> {
  const own = `t_${id.replaceAll('-', '')}`;
  const home =
    tier === 'STANDARD'
      ? { role: 'farutech_app', database: 'farutech_tenants' }
      : { role: own, database: own };
  const url = new URL(stack.file().databaseUrl);
  url.pathname = `/${home.database}`;
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  return { role: home.role, client };
}
