import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { Secret } from '@farutech/kernel/secret';
import { ConfigurationError, isProduction } from './production.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** A ring whose only key everybody knows, for machines of developers and tests. Production refuses it. */
export const developmentFieldKeys = 'dev:ZmFydXRlY2gtZGV2ZWxvcG1lbnQtb25seS1rZXktMzI=';

/** It was written for another row, under a key that is gone, or it was altered. */
export class CiphertextError extends Error {
  override readonly name = 'CiphertextError';
  readonly code = 'CIPHERTEXT_UNREADABLE';
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

function parseRing(text: string): readonly [Key, ...Key[]] {
  const keys = text.split(',').map((entry): Key => {
    const [, id, base64] = /^([A-Za-z0-9_-]+):([A-Za-z0-9+/]{43}=)$/.exec(entry.trim()) ?? [];
    if (id === undefined || base64 === undefined) {
      throw new ConfigurationError(
        'Field keys have the form <id>:<base64 of 32 bytes>, separated by commas.',
      );
    }
    return { id, bytes: Buffer.from(base64, 'base64') };
  });
  const [active, ...older] = keys;
  if (active === undefined || new Set(keys.map((key) => key.id)).size !== keys.length) {
    throw new ConfigurationError('Each field key needs an id of its own.');
  }
  return [active, ...older];
}

/** Con el identificador de la clave dentro, un texto cifrado no se puede hacer pasar por otro de otra clave. */
const boundTo = (keyId: string, owner: string): Buffer => Buffer.from(`${keyId}|${owner}`);

/**
 * AES-256-GCM under a ring of keys, "k2:<base64>,k1:<base64>": the first encrypts, all decrypt. The blind
 * index hangs from the *last* key, so that adding a new key at the front changes no index; dropping the last
 * key needs every index written anew.
 */
export function createFieldCipher(keys: Secret | string): FieldCipher {
  const text = typeof keys === 'string' ? keys : keys.reveal();
  const ring = parseRing(text);
  const [development] = parseRing(developmentFieldKeys);
  if (isProduction() && ring.some((key) => key.bytes.equals(development.bytes))) {
    throw new ConfigurationError(
      'The development field key is for development only: NODE_ENV is production.',
    );
  }
  const active = ring[0];
  const byId = new Map(ring.map((key) => [key.id, key.bytes]));
  const oldest = ring.at(-1) ?? active;
  const indexKeys = new Map<string, Buffer>();

  const indexKey = (column: string): Buffer => {
    const known = indexKeys.get(column);
    if (known !== undefined) return known;
    const made = Buffer.from(
      hkdfSync('sha256', oldest.bytes, Buffer.alloc(0), `farutech/blind-index/${column}`, keyBytes),
    );
    indexKeys.set(column, made);
    return made;
  };

  return {
    encrypt(plain, owner) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', active.bytes, nonce, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(active.id, owner));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${active.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    decrypt(ciphertext, owner) {
      const [, id, base64] = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(ciphertext) ?? [];
      const key = id === undefined ? undefined : byId.get(id);
      const bytes = Buffer.from(base64 ?? '', 'base64url');
      if (id === undefined || key === undefined || bytes.length < nonceBytes + tagBytes) {
        throw new CiphertextError('The ciphertext is malformed, or its key is not in the ring.');
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(boundTo(id, owner));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const body = decipher.update(bytes.subarray(nonceBytes + tagBytes));
      try {
        return new Secret(Buffer.concat([body, decipher.final()]).toString('utf8'));
      } catch (error) {
        throw new CiphertextError('The ciphertext does not belong to this row.', { cause: error });
      }
    },
    blindIndex: (plain, column) =>
      createHmac('sha256', indexKey(column)).update(plain, 'utf8').digest('base64url'),
  };
}
