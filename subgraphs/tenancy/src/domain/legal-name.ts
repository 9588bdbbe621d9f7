import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type LegalName = Brand<string, 'LegalName'>;

/** 2–200 characters, without control characters, with single spaces. */
export function parseLegalName(raw: string): LegalName {
  const name = raw.normalize('NFC').trim().replace(/\s+/g, ' ');
  const length = [...name].length;
  if (length < 2 || length > 200 || /\p{Cc}/u.test(name)) {
    throw invalid('legalName', 'legalName must have 2 to 200 characters.');
  }
  return name as LegalName;
}
