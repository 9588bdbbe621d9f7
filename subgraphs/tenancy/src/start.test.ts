import { planLookup, planPublished, productChanged } from '@farutech/contracts/catalog';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { PermanentError } from '@farutech/kernel/errors';
import { on } from '@farutech/messaging/consume';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { idOf, vet, vetProfessional } from './testing/builders.ts';
import {
  admin,
  provision,
  type RunningTenancy,
  register,
  startRunningTenancy,
  status,
} from './testing/running-tenancy.ts';
import { ask, watch } from './testing/tenancy-client.ts';

let world: RunningTenancy;
let customerId: string;
beforeAll(async () => {
  world = await startRunningTenancy();
}, 120_000);
afterAll(() => world.close(), 60_000);

describe('tenancy, entero', () => {
  it('registra un cliente, y la clave repetida da el mismo', async () => {
    const input = {
      legalName: 'Grupo Éxito',
      taxId: '890.900.608-9',
      billingEmail: 'facturas@exito.test',
      country: 'CO',
      idempotencyKey: 'alta',
    };
    const first = await ask(world.tenancy.url, admin, register, { input });
    const again = await ask(world.replica.url, admin, register, { input });

    expect(first.data?.registerCustomer).toMatchObject({ taxId: '890900608-9', country: 'CO' });
    expect(again.data).toEqual(first.data);
    customerId = first.data?.registerCustomer.id;
    const { errors } = await ask(world.tenancy.url, admin, register, {
      input: { ...input, idempotencyKey: null },
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'TAX_ID_TAKEN', field: 'taxId' });
    await eventually(async () => {
      const [refused] = await world.database.prisma.auditEntry.findMany({ where: { outcome: 'REFUSED' } });
      expect(refused).toMatchObject({
        action: 'registerCustomer',
        code: 'TAX_ID_TAKEN',
        correlationId: errors?.[0]?.extensions.correlationId,
      });
    });
  });

  it('un plan desconocido se pregunta a catalog: si calla, UNAVAILABLE y nada escrito; si contesta, se vende', async () => {
    const input = {
      customerId,
      productCode: 'FARUTECH_VET',
      planCode: 'VET_PROFESSIONAL',
      instanceCode: 'primera',
      databaseTier: 'STANDARD',
    };
    const silent = await ask(world.tenancy.url, admin, provision, { input });
    expect(silent.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    expect(await world.database.prisma.tenantInstance.count()).toBe(0);

    const questions: unknown[] = [];
    world.others.reply(planLookup.subject, async (question) => {
      const { planCode } = planLookup.request.parse(question);
      questions.push(planCode);
      const { publishedAt, ...plan } = vetProfessional;
      return {
        plan:
          planCode === 'VET_PROFESSIONAL'
            ? {
                ...plan,
                type: 'PROFESSIONAL',
                price: '49.90',
                currency: 'USD',
                interval: 'MONTH',
                includedFeatures: ['BATCH_CONTROL'],
                publishedAt: publishedAt.toISOString(),
              }
            : null,
        productCodes: ['FARUTECH_VET'],
      };
    });
    const sold = await eventually(async () => {
      const answer = await ask(world.tenancy.url, admin, provision, { input });
      expect(answer.errors).toBeUndefined();
      return answer.data?.provisionTenantInstance;
    });

    expect(sold).toMatchObject({ status: 'PROVISIONING', customer: { legalName: 'Grupo Éxito' } });
    expect(sold.subdomainUrl).toBe(`https://${sold.globalInstanceId}.tenants.farutech.test`);
    expect(sold.currentOperation).toMatchObject({ state: 'SCHEDULED' });
    await world.sell(customerId, 'segunda');
    expect(questions).toEqual(['VET_PROFESSIONAL']);
    const unknown = await ask(world.tenancy.url, admin, provision, {
      input: { ...input, planCode: 'VET_NADA' },
    });
    expect(unknown.errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'planCode' });
  });

  it('los hechos del catálogo llegan a la proyección', async () => {
    const { productId, code } = vet;
    const product = { productId, code, description: '', version: '2.0.0' };
    await world.say(productChanged, { ...product, name: 'Vet 2', revision: 5 });
    await world.say(productChanged, { ...product, name: 'Vet 1', revision: 4 });
    await world.say(planPublished, {
      planId: idOf(0xb009),
      productId,
      productCode: code,
      code: 'VET_BASIC',
      version: 1,
      name: 'Vet Basic',
      type: 'STANDARD',
      price: '9.90',
      currency: 'USD',
      interval: 'MONTH',
      includedFeatures: [],
      maxUsers: 3,
      publishedAt: new Date().toISOString(),
      retiredAt: null,
    });

    await eventually(async () => {
      expect(await world.database.prisma.planProjection.count({ where: { code: 'VET_BASIC' } })).toBe(1);
      expect(await world.database.prisma.productProjection.findMany()).toMatchObject([
        { name: 'Vet 2', revision: 5 },
      ]);
    });
  });

  it('cincuenta clics iguales, repartidos entre dos procesos, son una operación y una orden', async () => {
    const clicks = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        world.sell(
          customerId,
          'clics',
          { idempotencyKey: 'cincuenta' },
          n % 2 === 0 ? world.tenancy.url : world.replica.url,
        ),
      ),
    );

    expect(new Set(clicks.map(({ id }) => id)).size).toBe(1);
    const orders = await world.database.prisma.outbox.count({
      where: { aggregateId: clicks[0]?.id ?? '', name: 'ProvisionTenantInstance' },
    });
    expect(orders).toBe(1);
  });

  it('una orden que el trabajador da por perdida deja la operación FAILED, con su razón', async () => {
    const failing = world.others.consume({
      durable: 'provisioning',
      stream: 'CMD',
      filterSubject: 'farutech.cmd.provisioning.>',
      concurrency: 4,
      handlers: [
        on(provisionTenantInstance, async ({ instanceCode }) => {
          if (instanceCode === 'perdida')
            throw new PermanentError('DISK_FULL', 'No space is left on the server.');
        }),
      ],
    });
    const sold = await world.sell(customerId, 'perdida');
    const watching = await watch(world.tenancy.wsUrl, admin, status, { id: sold.id });

    // Los primeros 10 s se espera a que el trabajador diga cómo acabó; aquí no va a decir nada.
    await eventually(() => expect(watching.frames.at(-1)).toMatchObject({ status: 'FAILED' }), {
      withinMs: 20_000,
    });

    expect(watching.frames.at(-1)?.message).toContain('No space is left on the server.');
    expect(await world.database.prisma.deadLetter.findMany()).toMatchObject([
      { worker: 'provisioning', code: 'DISK_FULL', aggregateId: sold.id },
    ]);
    await watching.stop();
    await failing.close();
  });

  it('con NATS caído se aceptan mutaciones y el estado se ve igual; al volver, todo sale', async () => {
    const before = await world.sell(customerId, 'antes');
    const watching = await watch(world.replica.wsUrl, admin, status, { id: before.id });
    await eventually(() => expect(watching.frames).toHaveLength(1));
    await world.nats.kill();

    const sold = await Promise.all(
      Array.from({ length: 10 }, (_, n) => world.sell(customerId, `sin-nats-${n}`)),
    );
    const late = await watch(world.replica.wsUrl, admin, status, { id: sold[0]?.id });
    await eventually(() => expect(late.frames).toMatchObject([{ status: 'PROVISIONING' }]));
    const ready = await fetch(new URL('/health/ready', world.tenancy.url));
    expect(ready.status).toBe(200);
    await world.nats.start();

    await eventually(
      async () => expect(await world.database.prisma.outbox.count({ where: { sentAt: null } })).toBe(0),
      { withinMs: 20_000 },
    );
    await eventually(() => world.others.check(), { withinMs: 20_000 });
    for (const one of sold) await world.work(one);
    await eventually(() => expect(late.frames).toHaveLength(9), { withinMs: 20_000 });
    await Promise.all([watching.stop(), late.stop()]);
  }, 90_000);
});
