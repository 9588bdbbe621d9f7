import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type LegalName = Brand<string, 'LegalName'>;

/** De 2 a 200 caracteres, sin los de control, con espacios sencillos. */
export function parseLegalName(raw: string): LegalName {
  const name = raw.normalize('NFC').trim().replace(/\s+/g, ' ');
  const length = [...name].length;
  if (length < 2 || length > 200 || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw invalid('legalName', 'legalName must have 2 to 200 characters.');
  }
  return name as LegalName;
}
