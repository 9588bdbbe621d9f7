import type { Clock } from '@farutech/kernel/clock';
import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Prisma, PrismaClient } from '@farutech/prisma/identity';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';

export const signingAlg = 'ES256';

// Un token vive 5 min y los relojes se desvían: una clave retirada sigue en el JWKS el doble de ese tiempo.
const retiredVisibleMs = 10 * 60_000;

// «farutech/signing-key» no cabe en un entero: este número solo tiene que ser distinto de los demás cerrojos.
const creationLock = 7_201_001n;

/** Las claves privadas, descifradas. `kid` es la que firma; las demás solo sirven para verificar lo ya firmado. */
export interface SigningKeys {
  readonly kid: string;
  readonly jwks: readonly JWK[];
}

/** La base se cifró con otras claves. Hacer una nueva invalidaría en silencio todos los tokens vivos. */
class SigningKeyUnreadable extends Error {
  override readonly name = 'SigningKeyUnreadable';
  readonly code = 'SIGNING_KEY_UNREADABLE';
}

const privateJwk = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const ownerOf = (kid: string): string => `SigningKey:${kid}:privateJwk`;

/**
 * Lee las claves y, si no hay ninguna en uso, hace la primera. El cerrojo dura lo que la transacción: dos réplicas
 * que arrancan a la vez sobre una base vacía hacen una sola clave, y la segunda lee la de la primera.
 */
export async function ensureSigningKeys(deps: {
  prisma: PrismaClient;
  cipher: FieldCipher;
  clock: Clock;
}): Promise<SigningKeys> {
  return await deps.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${creationLock})`;
      const rows = await tx.signingKey.findMany({
        where: {
          OR: [
            { retiredAt: null },
            { retiredAt: { gt: new Date(deps.clock().getTime() - retiredVisibleMs) } },
          ],
        },
        orderBy: [{ createdAt: 'desc' }, { kid: 'asc' }],
      });
      const active = rows.find((row) => row.retiredAt === null);
      const known = rows.map((row) => openKey(deps.cipher, row));
      if (active !== undefined) return { kid: active.kid, jwks: known };
      const made = await makeKey(tx, deps);
      return { kid: made.kid, jwks: [made, ...known] };
    },
    // Por omisión Prisma se rinde a los 5 s, y quien espera el cerrojo puede ser la tercera o la cuarta réplica.
    { maxWait: 10_000, timeout: 20_000 },
  );
}

async function makeKey(
  tx: Prisma.TransactionClient,
  deps: { cipher: FieldCipher; clock: Clock },
): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair(signingAlg, { extractable: true });
  const jwk = privateJwk.parse(await exportJWK(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  await tx.signingKey.create({
    data: {
      kid,
      alg: signingAlg,
      privateJwkCipher: deps.cipher.encrypt(JSON.stringify(jwk), ownerOf(kid)),
      createdAt: deps.clock(),
    },
  });
  return { ...jwk, kid, alg: signingAlg, use: 'sig' };
}

function openKey(cipher: FieldCipher, row: { kid: string; privateJwkCipher: string }): JWK {
  try {
    const jwk = privateJwk.parse(JSON.parse(cipher.decrypt(row.privateJwkCipher, ownerOf(row.kid)).reveal()));
    return { ...jwk, kid: row.kid, alg: signingAlg, use: 'sig' };
  } catch (error) {
    throw new SigningKeyUnreadable(`Signing key ${row.kid} does not open with FIELD_KEYS.`, { cause: error });
  }
}
