import { DomainError } from '@farutech/kernel/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authenticate, createAuthenticate, remoteKeys } from './authenticate.ts';
import {
  audience,
  startTestIdentity,
  type TestIdentity,
  type TokenChanges,
} from './testing/test-identity.ts';

let identity: TestIdentity;
let authenticate: Authenticate;

beforeAll(async () => {
  identity = await startTestIdentity();
  authenticate = createAuthenticate({ issuer: identity.issuer, audience }, remoteKeys(identity.jwksUrl));
});
afterAll(() => identity.close());

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset;
const instance = '0190a000-0000-7000-8000-000000000001';

describe('un token de acceso bueno', () => {
  it('dice quién pregunta, con sus papeles en orden y sin repetir', async () => {
    const token = await identity.token({
      claims: {
        sub: 'app',
        roles: ['CHILD_APP'],
        tenant_id: instance.toUpperCase(),
        instance_ids: [instance, instance],
      },
    });

    const { viewer, expiresAt } = await authenticate(`Bearer ${token}`);

    expect(viewer).toEqual({ sub: 'app', roles: ['CHILD_APP'], tenantId: instance, instanceIds: [instance] });
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
  });

  it('vale con el esquema en minúsculas', async () => {
    const { viewer } = await authenticate(`bearer ${await identity.token()}`);
    expect(viewer.sub).toBe('operator');
  });
});

const refused: [string, TokenChanges][] = [
  ['para otro', { claims: { aud: 'urn:other' } }],
  ['sin destinatario', { claims: { aud: undefined } }],
  ['de otro emisor', { claims: { iss: 'http://127.0.0.1:1' } }],
  ['sin emisor', { claims: { iss: undefined } }],
  ['de identidad y no de acceso', { header: { typ: 'JWT' } }],
  ['sin tipo', { header: { typ: undefined } }],
  ['vencido', { claims: { exp: seconds(-10) } }],
  ['que no vence', { claims: { exp: undefined } }],
  ['que vence en un texto', { claims: { exp: `${seconds(300)}` } }],
  ['que aún no vale', { claims: { nbf: seconds(600) } }],
  ['sin sujeto', { claims: { sub: undefined } }],
  ['con el sujeto vacío', { claims: { sub: '' } }],
  ['con un sujeto que no es texto', { claims: { sub: 7 } }],
  ['sin fecha', { claims: { iat: undefined } }],
  ['sin papeles', { claims: { roles: undefined } }],
  ['con una lista vacía de papeles', { claims: { roles: [] } }],
  ['con un papel en un texto', { claims: { roles: 'PLATFORM_ADMIN' } }],
  ['con un papel que no existe', { claims: { roles: ['ROOT'] } }],
  ['con un cliente que no es un id', { claims: { tenant_id: { $ne: null } } }],
  ['con instancias que no son una lista', { claims: { instance_ids: instance } }],
  ['con una instancia que no es un id', { claims: { instance_ids: ['*'] } }],
  ['firmado por otro', { signedBy: 'somebody else' }],
  ['con una clave desconocida', { header: { kid: 'two' } }],
];

describe('no vale un token', () => {
  it.each(refused)('%s', async (_what, changes) => {
    const token = await identity.token(changes);

    const refusal = authenticate(`Bearer ${token}`);

    await expect(refusal).rejects.toBeInstanceOf(DomainError);
    await expect(refusal).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('sin firma (alg none)', async () => {
    const [, payload] = (await identity.token()).split('.');
    const token = `${base64({ alg: 'none', typ: 'at+jwt' })}.${payload}.`;
    await expect(authenticate(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(authenticate(`Bearer ${token}AA`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('con el contenido cambiado', async () => {
    const [header, , signature] = (await identity.token()).split('.');
    const payload = base64({ sub: 'other', roles: ['PLATFORM_ADMIN'], exp: seconds(300) });
    await expect(authenticate(`Bearer ${header}.${payload}.${signature}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it.each([undefined, '', 'Bearer', 'Bearer x', 'Basic YTpi', `Bearer ${'a'.repeat(9_000)}.b.c`])(
    'que no lo es: %s',
    async (header) => {
      await expect(authenticate(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );
});

describe('las claves del emisor', () => {
  it('se piden una vez para muchos tokens', async () => {
    const served = identity.served();
    for (let n = 0; n < 20; n++) await authenticate(`Bearer ${await identity.token()}`);
    expect(identity.served()).toBe(served);
  });

  it('si no se pueden leer, no se culpa al token', async () => {
    const other = await startTestIdentity();
    const token = await other.token();
    await other.close();
    const lost = createAuthenticate({ issuer: other.issuer, audience }, remoteKeys(other.jwksUrl));
    await expect(lost(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
