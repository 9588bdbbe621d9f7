import { beforeEach, describe, expect, it } from 'vitest';
import { deliver } from '../testing/deliver.ts';
import { after, featureRetiredFact, id } from '../testing/facts.ts';
import { type MemoryWorld, memoryWorld } from '../testing/memory-unit-of-work.ts';
import { handMade, sellNorte } from '../testing/world-of-norte.ts';
import { clearFeatureOverride } from './clear-feature-override.ts';
import { type SetFeatureOverrideInput, setFeatureOverride } from './set-feature-override.ts';

const cause = { actor: 'operator@farutech.test', correlationId: id('7', 2) };

describe('las excepciones de norte', () => {
  let world: MemoryWorld;
  let hand: ReturnType<typeof handMade>;
  let subscriptionId: string;

  beforeEach(async () => {
    world = memoryWorld();
    hand = handMade();
    await sellNorte({ react: world.react, ...hand });
    subscriptionId = [...world.tables.subscriptions.keys()][0] ?? '';
    world.tables.audit.length = 0;
  });

  const parts = () => ({ unitOfWork: world.unitOfWork, newId: hand.newId, clock: hand.clock });
  const set = (changes: Partial<SetFeatureOverrideInput> = {}) =>
    setFeatureOverride(parts(), cause, {
      subscriptionId,
      featureCode: 'BATCH_CONTROL',
      overrideType: 'DISABLE',
      reason: 'Mora de 60 días',
      expiresAt: null,
      ...changes,
    });
  const clear = (featureCode = 'BATCH_CONTROL', subscription = subscriptionId) =>
    clearFeatureOverride(parts(), cause, { subscriptionId: subscription, featureCode });
  const believed = () => world.tables.overrides.filter(({ knownTo }) => knownTo === null);

  it('se guarda quién, cuándo, por qué y hasta cuándo, y se audita', async () => {
    await set({ reason: '  Mora de 60 días ', expiresAt: after(5_000) });

    expect(believed()).toEqual([
      expect.objectContaining({
        validFrom: after(100),
        validTo: after(5_000),
        knownFrom: after(100),
        value: expect.objectContaining({
          featureCode: 'BATCH_CONTROL',
          overrideType: 'DISABLE',
          reason: 'Mora de 60 días',
          createdBy: 'operator@farutech.test',
          createdAt: after(100),
        }),
      }),
    ]);
    expect(world.tables.audit).toEqual([
      expect.objectContaining({
        action: 'setFeatureOverride',
        entityId: subscriptionId,
        outcome: 'ACCEPTED',
      }),
    ]);
  });

  it('ponerla otra vez sustituye, y lo que se creía sigue escrito', async () => {
    await set();
    hand.moveTo(200);
    await set({ overrideType: 'ENABLE' });

    const rows = world.tables.overrides.map(({ value, validTo, knownTo }) => [
      value.overrideType,
      validTo,
      knownTo,
    ]);
    expect(rows).toEqual([
      ['DISABLE', null, after(200)],
      ['DISABLE', after(200), null],
      ['ENABLE', null, null],
    ]);
  });

  it('quitarla la cierra sin borrarla', async () => {
    await set();
    hand.moveTo(200);
    await clear();

    expect(world.tables.overrides.map(({ validTo, knownTo }) => [validTo, knownTo])).toEqual([
      [null, after(200)],
      [after(200), null],
    ]);
    expect(world.tables.audit.at(-1)).toMatchObject({ action: 'clearFeatureOverride', outcome: 'ACCEPTED' });
  });

  it.each<[string, Partial<SetFeatureOverrideInput>, string, string]>([
    ['una función de otro producto', { featureCode: 'POS_RETURNS' }, 'FEATURE_NOT_IN_PRODUCT', 'featureCode'],
    ['una suscripción que no existe', { subscriptionId: id('5', 9) }, 'NOT_FOUND', 'subscriptionId'],
    ['un motivo en blanco', { reason: '  ' }, 'VALIDATION_FAILED', 'reason'],
    ['un motivo de 501 caracteres', { reason: 'x'.repeat(501) }, 'VALIDATION_FAILED', 'reason'],
    ['un motivo con un NUL', { reason: 'a\0b' }, 'VALIDATION_FAILED', 'reason'],
    ['un fin que es ahora mismo', { expiresAt: after(100) }, 'VALIDATION_FAILED', 'expiresAt'],
  ])('rechaza %s y no escribe nada', async (_name, changes, code, field) => {
    const before = world.tables.copy();

    await expect(set(changes)).rejects.toMatchObject({ code, field });

    expect(world.tables).toEqual(before);
  });

  it('acepta un motivo de 500 caracteres', async () => {
    await expect(set({ reason: '🐄'.repeat(500) })).resolves.toBe(subscriptionId);
  });

  it('rechaza una función retirada', async () => {
    await deliver(
      { react: world.react, ...hand },
      { messageId: 'r', event: featureRetiredFact('BATCH_CONTROL', 50) },
    );

    await expect(set()).rejects.toMatchObject({ code: 'FEATURE_RETIRED', field: 'featureCode' });
  });

  it('quitar la que no hay, o la que ya terminó sola, es NOT_FOUND en featureCode', async () => {
    await expect(clear()).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'featureCode' });

    await set({ expiresAt: after(150) });
    hand.moveTo(150);
    await expect(clear()).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'featureCode' });
  });

  it('quitar de una suscripción que no existe es NOT_FOUND en subscriptionId', async () => {
    await expect(clear('BATCH_CONTROL', id('5', 9))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'subscriptionId',
    });
  });
});
