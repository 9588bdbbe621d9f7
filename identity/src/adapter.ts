import { createHash } from 'node:crypto';
import type { Clock } from '@farutech/kernel/clock';
import type { Prisma, PrismaClient } from '@farutech/prisma/identity';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import { clientMetadataOf, findAppClient } from './app-clients.ts';
import { InvalidGrant } from './oidc-library.ts';

// En estos modelos el identificador no da acceso por sí solo: una sesión viaja en una cookie firmada con claves
// que no están en la base, y además se busca por otra columna. En todos los demás (tokens de refresco, códigos)
// el identificador ES la credencial: se guarda su resumen, y del contenido se borra.
const notCredentials = new Set(['Session', 'Interaction', 'Grant', 'ReplayDetection']);

// Revocar una concesión se lleva todo lo que salió de ella.
const revocable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);

const stored = z.record(z.string(), z.unknown());

export function createAdapterFactory(prisma: PrismaClient, clock: Clock): AdapterFactory {
  return (model) => (model === 'Client' ? clientAdapter(prisma) : payloadAdapter(prisma, clock, model));
}

/** Los clientes son filas de app_client, que este servicio escribe por otro camino: aquí solo se leen. */
function clientAdapter(prisma: PrismaClient): Adapter {
  const readOnly = async (): Promise<never> => {
    throw new TypeError('los clientes no se registran por el protocolo');
  };
  return {
    async find(clientId) {
      const app = await findAppClient(prisma, clientId);
      return app === null ? undefined : clientMetadataOf(app);
    },
    upsert: readOnly,
    destroy: readOnly,
    consume: readOnly,
    findByUid: readOnly,
    findByUserCode: readOnly,
    revokeByGrantId: readOnly,
  };
}

function payloadAdapter(prisma: PrismaClient, clock: Clock, model: string): Adapter {
  const hashed = !notCredentials.has(model);
  const keyOf = (id: string): string => (hashed ? createHash('sha256').update(id).digest('base64url') : id);

  const read = (row: PayloadRow | null, jti?: string): AdapterPayload | undefined => {
    if (row === null || (row.expiresAt !== null && row.expiresAt <= clock())) return undefined;
    const payload: AdapterPayload = stored.parse(row.payload);
    return {
      ...payload,
      ...(hashed && jti !== undefined && { jti }),
      ...(row.consumedAt !== null && { consumed: Math.floor(row.consumedAt.getTime() / 1000) }),
    };
  };

  return {
    async upsert(id, payload, expiresIn) {
      const { jti, ...rest } = payload;
      const data = {
        payload: asJson(hashed ? rest : payload),
        grantId: revocable.has(model) ? (payload.grantId ?? null) : null,
        userCode: payload.userCode ?? null,
        uid: payload.uid ?? null,
        expiresAt: expiresIn === undefined ? null : new Date(clock().getTime() + expiresIn * 1000),
      };
      const key = { model, id: keyOf(id) };
      await prisma.oidcPayload.upsert({
        where: { model_id: key },
        create: { ...key, ...data },
        update: data,
      });
    },
    async find(id) {
      return read(await prisma.oidcPayload.findUnique({ where: { model_id: { model, id: keyOf(id) } } }), id);
    },
    async findByUid(uid) {
      return read(await prisma.oidcPayload.findFirst({ where: { model, uid } }));
    },
    async findByUserCode(userCode) {
      return read(await prisma.oidcPayload.findFirst({ where: { model, userCode } }));
    },
    async destroy(id) {
      await prisma.oidcPayload.deleteMany({ where: { model, id: keyOf(id) } });
    },
    async consume(id) {
      // La condición va en la misma sentencia que la escritura: leer antes y escribir después dejaba ganar a
      // las cuatro de cuatro peticiones simultáneas con el mismo token.
      const { count } = await prisma.oidcPayload.updateMany({
        where: { model, id: keyOf(id), consumedAt: null },
        data: { consumedAt: clock() },
      });
      if (count === 0) throw new InvalidGrant(`${model} already used`);
    },
    async revokeByGrantId(grantId) {
      await prisma.oidcPayload.deleteMany({ where: { model, grantId } });
    },
  };
}

interface PayloadRow {
  readonly payload: Prisma.JsonValue;
  readonly expiresAt: Date | null;
  readonly consumedAt: Date | null;
}

/** Un objeto de oidc-provider trae propiedades `undefined`, que JSON no tiene y Prisma rechaza. */
const asJson = (payload: AdapterPayload): Prisma.InputJsonObject => JSON.parse(JSON.stringify(payload));
