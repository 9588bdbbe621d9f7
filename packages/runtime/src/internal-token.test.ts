import { Secret } from '@farutech/kernel/secret';
import type { Viewer } from '@farutech/kernel/viewer';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createInternalTokenSigner, createInternalTokenVerifier } from './internal-token.ts';

const text = 'secreto-interno-de-pruebas-con-32-bytes-o-mas';
const secret = new Secret(text);
const viewer: Viewer = {
  sub: 'operator',
  roles: ['CUSTOMER_ADMIN'],
  tenantId: '00000000-0000-4000-8000-000000000001',
  instanceIds: [],
};

const header = { alg: 'HS256', typ: 'farutech-internal+jwt' };
const payload = (): Record<string, unknown> => ({
  sub: viewer.sub,
  roles: viewer.roles,
  tenant_id: viewer.tenantId,
  instance_ids: [],
  iss: 'farutech-gateway',
  aud: 'farutech-subgraph',
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 60,
});

/** Uno bueno, salvo en lo que se diga. */
const make = (changed: Record<string, unknown> = {}, head = header, key = text): Promise<string> =>
  new SignJWT({ ...payload(), ...changed }).setProtectedHeader(head).sign(new TextEncoder().encode(key));

describe('token interno', () => {
  it('lleva al subgrafo a quien pregunta', async () => {
    const token = await createInternalTokenSigner(secret).sign(viewer);

    await expect(createInternalTokenVerifier(secret).verify(token)).resolves.toEqual(viewer);
  });

  it('se reutiliza 30 s para el mismo, nunca para otro, y deja de valer al minuto', async () => {
    let now = new Date('2026-03-01T12:00:00Z').getTime();
    const clock = () => new Date(now);
    const signer = createInternalTokenSigner(secret, clock);
    const verifier = createInternalTokenVerifier(secret, clock);
    const first = await signer.sign(viewer);

    now += 29_000;
    expect(await signer.sign(viewer)).toBe(first);
    expect(await signer.sign({ ...viewer, roles: ['CUSTOMER_VIEWER'] })).not.toBe(first);
    now += 2_000;
    expect(await signer.sign(viewer)).not.toBe(first);
    await expect(verifier.verify(first)).resolves.toEqual(viewer);
    now += 30_000;
    await expect(verifier.verify(first)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('el que sirve de patrón a los rechazos sí se acepta', async () => {
    await expect(createInternalTokenVerifier(secret).verify(await make())).resolves.toEqual(viewer);
  });

  it.each<[string, () => Promise<string>]>([
    ['con otro secreto', () => make({}, header, 'otro-secreto-interno-de-32-bytes-o-mas')],
    ['con otro algoritmo', () => make({}, { ...header, alg: 'HS512' })],
    ['de otro tipo', () => make({}, { ...header, typ: 'at+jwt' })],
    ['de otro emisor', () => make({ iss: 'farutech-identity' })],
    ['para otro destino', () => make({ aud: 'urn:farutech:orchestrator' })],
    ['caducado', () => make({ exp: 1 })],
    ['sin caducidad', () => make({ exp: undefined })],
    ['sin nadie detrás', () => make({ sub: undefined })],
    ['con un papel inventado', () => make({ roles: ['ROOT'] })],
    ['que no es un token', () => Promise.resolve('a.b.c')],
  ])('rechaza uno %s', async (_what, forge) => {
    const token = await forge();

    await expect(createInternalTokenVerifier(secret).verify(token)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('no acepta un secreto corto', () => {
    expect(() => createInternalTokenSigner(new Secret('corto'))).toThrow('at least 32 bytes');
  });
});
