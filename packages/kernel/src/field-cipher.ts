import type { Secret } from './secret.ts';

/**
 * Encrypts one column of one row. `owner` is bound to the ciphertext ("TenantInstance:<id>:connectionString"),
 * so that a ciphertext moved to another row does not open. Form: `v1.<key id>.<base64url>`.
 */
export interface FieldCipher {
  encrypt(text: string, owner: string): string;
  decrypt(ciphertext: string, owner: string): Secret;
  /** Equal texts give equal indexes, so that an encrypted column can be searched for equality and be unique. */
  blindIndex(text: string, column: string): string;
}
