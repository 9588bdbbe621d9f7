import { randomBytes } from 'node:crypto';
import { Secret } from '@farutech/kernel/secret';
import { describe, expect, it } from 'vitest';
import { CiphertextError, createFieldCipher } from './field-cipher.ts';

const key = (): string => randomBytes(32).toString('base64');
const k1 = key();
const k2 = key();
const owner = 'TenantInstance:42:connectionString';
const text = 'postgresql://t_42:clave@10.0.0.1:5432/t_42';

describe('createFieldCipher', () => {
  it('abre lo que cerró, y cierra distinto cada vez', () => {
    const cipher = createFieldCipher(new Secret(`k1:${k1}`));
    const first = cipher.encrypt(text, owner);

    expect(first).toMatch(/^v1\.k1\.[A-Za-z0-9_-]+$/);
    expect(cipher.encrypt(text, owner)).not.toBe(first);
    expect(cipher.decrypt(first, owner).reveal()).toBe(text);
    expect(`${cipher.decrypt(first, owner)}`).toBe('[REDACTED]');
  });

  it('tras rotar, la clave nueva cierra y la vieja sigue abriendo', () => {
    const old = createFieldCipher(`k1:${k1}`).encrypt(text, owner);
    const rotated = createFieldCipher(`k2:${k2},k1:${k1}`);

    expect(rotated.decrypt(old, owner).reveal()).toBe(text);
    expect(rotated.encrypt(text, owner)).toMatch(/^v1\.k2\./);
    expect(() => createFieldCipher(`k2:${k2}`).decrypt(old, owner)).toThrow(CiphertextError);
  });

  it('lo de otra fila, lo alterado y lo mal formado no abre', () => {
    const cipher = createFieldCipher(`k1:${k1}`);
    const sealed = cipher.encrypt(text, owner);
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;

    expect(() => cipher.decrypt(sealed, 'TenantInstance:43:connectionString')).toThrow(CiphertextError);
    expect(() => cipher.decrypt(altered, owner)).toThrow(CiphertextError);
    expect(() => cipher.decrypt('v1.k1.AAAA', owner)).toThrow(CiphertextError);
    expect(() => cipher.decrypt(text, owner)).toThrow(CiphertextError);
  });

  it('el índice ciego es igual para textos iguales, distinto por columna, y no cambia al añadir una clave', () => {
    const cipher = createFieldCipher(`k1:${k1}`);
    const index = cipher.blindIndex('900123456', 'customer.tax_id');

    expect(cipher.blindIndex('900123456', 'customer.tax_id')).toBe(index);
    expect(cipher.blindIndex('900123457', 'customer.tax_id')).not.toBe(index);
    expect(cipher.blindIndex('900123456', 'customer.billing_email')).not.toBe(index);
    expect(createFieldCipher(`k2:${k2},k1:${k1}`).blindIndex('900123456', 'customer.tax_id')).toBe(index);
    expect(createFieldCipher(`k2:${k2}`).blindIndex('900123456', 'customer.tax_id')).not.toBe(index);
  });

  it.each([
    ['una clave corta', 'k1:c29ydA=='],
    ['una sin nombre', key()],
    ['dos con el mismo nombre', `k1:${k1},k1:${k2}`],
    ['ninguna', ''],
  ])('no arranca con %s, y no la enseña', (_what, ring) => {
    expect(() => createFieldCipher(ring)).toThrow(/[Ff]ield key/);
    expect(() => createFieldCipher(ring)).not.toThrow(k1);
  });
});
