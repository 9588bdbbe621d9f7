import { describe, expect, it } from 'vitest';
import { checkSeats, parseTenantUser } from './tenant-user.ts';

const ana = { email: 'ana@norte.test', displayName: 'Ana', role: 'VET' };

describe('un usuario de una instancia', () => {
  it('el correo queda en minúsculas y el nombre con espacios sencillos', () => {
    const user = parseTenantUser({
      email: ' ANA@Norte.Test ',
      displayName: ' Ana \n María ',
      role: ' Médico veterinario ',
    });

    expect(user).toEqual({ email: 'ana@norte.test', displayName: 'Ana María', role: 'Médico veterinario' });
  });

  it.each([
    [{ email: 'ana' }, 'email'],
    [{ email: '' }, 'email'],
    [{ displayName: '   ' }, 'displayName'],
    [{ displayName: 'a'.repeat(121) }, 'displayName'],
    [{ displayName: 'a\0' }, 'displayName'],
    [{ role: '' }, 'role'],
    [{ role: 'a'.repeat(61) }, 'role'],
    [{ role: '<b>' }, 'role'],
  ])('%j se rechaza en %s', (part, field) => {
    expect(() => parseTenantUser({ ...ana, ...part })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', field }),
    );
  });

  it('la última plaza se puede ocupar; una más, no', () => {
    expect(() => checkSeats(50, 50)).not.toThrow();
    expect(() => checkSeats(51, 50)).toThrow(expect.objectContaining({ code: 'SEAT_LIMIT_REACHED' }));
  });
});
