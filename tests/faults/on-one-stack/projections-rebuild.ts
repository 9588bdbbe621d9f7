import { expect, it } from 'vitest';
import type { Api } from '../../support/api.ts';
import { farutechJson } from '../../support/command-line.ts';
import { eventually } from '../../support/eventually.ts';
import type { FaultWorld, InFaultWorld } from '../../support/fault-world.ts';
import { freshCode, provision, statusOf } from '../../support/instances.ts';
import { expectOracleClean } from '../../support/oracle.ts';
import { recordProof } from '../../support/proof.ts';

const planCode = 'VET_PROFESSIONAL';
const projecting = ['tenancy', 'subscription'] as const;

type Ask = FaultWorld['ask'];

const versions = (rows: readonly { plan: string }[]): readonly string[] => rows.map(({ plan }) => plan);
const listed = `SELECT code || ' v' || version AS plan FROM`;
const sold = async (ask: Ask): Promise<readonly string[]> =>
  versions(await ask('catalog', `${listed} plan ORDER BY code, version`));
const known = async (ask: Ask, database: string): Promise<readonly string[]> =>
  versions(await ask(database, `${listed} plan_projection ORDER BY code, version`));

/** La proyección entera, fila a fila: dos fotos iguales son la misma. */
const photo = (ask: Ask, database: string): Promise<readonly { row: string }[]> =>
  ask(database, 'SELECT row_to_json(p)::text AS row FROM plan_projection p ORDER BY code, version');

interface Vet {
  readonly id: string;
  readonly features: { code: string; retiredAt: string | null }[];
}

async function publish(api: Api, productId: string, code: string, includedFeatures: string[]): Promise<void> {
  const input = {
    productId,
    code,
    name: code,
    type: 'PROFESSIONAL',
    price: '99.00',
    includedFeatures,
    maxUsers: 7,
  };
  await api.get('mutation($input: PublishPlanInput!) { publishPlan(input: $input) { id } }', { input });
}

const nothingUnsent = (ask: Ask): Promise<void> =>
  eventually(async () => {
    expect(await ask('catalog', 'SELECT id FROM outbox WHERE sent_at IS NULL')).toEqual([]);
  });

interface Rebuilt {
  readonly told: { owner: string; facts: number }[];
  readonly consumers: { durable: string; waiting: number; atWork: number }[];
  readonly facts: number;
  readonly seconds: number;
}

export function projectionsRebuild(world: InFaultWorld): void {
  it('con planes recién publicados, projections rebuild pone a todos al día', async () => {
    const { stack, nats, operator, customerId, ask } = world();
    const { product } = await operator.get<{ product: Vet }>(
      '{ product(code: "FARUTECH_VET") { id features { code retiredAt } } }',
    );
    const features = product.features.filter(({ retiredAt }) => retiredAt === null).map(({ code }) => code);
    const newest = features.slice(0, 5);

    // Quien debía oírlos está parado: los hechos llegan a NATS, constan como enviados y nadie los ha leído.
    for (const name of projecting) process.kill(stack.pidOf(name), 'SIGSTOP');
    for (let n = 1; n <= 6; n += 1) await publish(operator, product.id, planCode, features.slice(0, n + 6));
    for (let n = 1; n <= 6; n += 1)
      await publish(operator, product.id, `VET_LOST_${n}`, features.slice(0, n));
    await publish(operator, product.id, planCode, newest);
    await nothingUnsent(ask);
    await nats.kill();
    await nats.wipe();
    // SIGKILL y no SIGCONT: lo que ya estaba en su zócalo también se pierde.
    for (const name of projecting) stack.kill(name);
    await publish(operator, product.id, 'VET_WHILE_DOWN', newest);
    await nats.start();
    await nothingUnsent(ask);

    const all = await sold(ask);
    await eventually(
      async () => {
        for (const name of projecting) expect(await known(ask, name)).toContain('VET_WHILE_DOWN v1');
      },
      { withinMs: 30_000 },
    );
    // La avería ha ocurrido: trece publicaciones no las conoce nadie, ni las conocería nunca.
    for (const name of projecting) expect(all.length - (await known(ask, name)).length).toBe(13);

    const rebuilt = await farutechJson<Rebuilt>(stack.env, ['projections', 'rebuild']);

    for (const name of projecting) expect(await known(ask, name)).toEqual(all);
    expect(rebuilt.told.map(({ owner }) => owner)).toEqual(['catalog', 'tenancy', 'subscription']);
    expect(rebuilt.consumers.length).toBeGreaterThanOrEqual(7);
    for (const consumer of rebuilt.consumers) expect(consumer).toMatchObject({ waiting: 0, atWork: 0 });

    const { id } = await provision(operator, {
      customerId,
      instanceCode: freshCode('rebuilt'),
      planCode,
    });
    await eventually(async () => expect(await statusOf(operator, id)).toBe('ACTIVE'), { withinMs: 30_000 });
    const { effectiveFeatures } = await operator.get<{ effectiveFeatures: { enabled: string[] } }>(
      'query($id: ID!) { effectiveFeatures(instanceId: $id) { enabled } }',
      { id },
    );
    expect(effectiveFeatures.enabled.toSorted()).toEqual(newest.toSorted());

    const before = await Promise.all(projecting.map((name) => photo(ask, name)));
    const again = await farutechJson<Rebuilt>(stack.env, ['projections', 'rebuild']);
    expect(await Promise.all(projecting.map((name) => photo(ask, name)))).toEqual(before);
    await expectOracleClean(stack);
    await recordProof('projections-rebuild', {
      'plan versions unknown after the wipe': 13,
      'plan versions unknown after the rebuild': 0,
      'facts told': rebuilt.facts,
      'seconds until everyone had heard': rebuilt.seconds,
      'facts told the second time, changing nothing': again.facts,
    });
  }, 180_000);
}
