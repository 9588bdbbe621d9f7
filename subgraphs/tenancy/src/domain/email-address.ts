import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type EmailAddress = Brand<string, 'EmailAddress'>;

const form =
  /^[^\s\p{Cc}\p{Cs}@"(),:;<>[\\\]]{1,64}@(?=.{4,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/u;

/** En minúsculas: dos direcciones que solo difieren en eso llegan al mismo buzón en cualquier proveedor de hoy. */
export const normaliseEmail = (raw: string): string => raw.trim().toLowerCase();

export function parseEmailAddress(raw: string, field: string): EmailAddress {
  const address = normaliseEmail(raw);
  if (!form.test(address)) throw invalid(field, `${field} must be an e-mail address.`);
  return address as EmailAddress;
}
