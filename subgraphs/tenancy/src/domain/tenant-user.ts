import type { Brand } from '@farutech/kernel/brand';
import { DomainError, invalid } from '@farutech/kernel/errors';
import { type EmailAddress, parseEmailAddress } from './email-address.ts';

export type DisplayName = Brand<string, 'DisplayName'>;
/** Lo que alguien es dentro del producto: "VETERINARIAN". Qué significa lo dice el producto. */
export type TenantRole = Brand<string, 'TenantRole'>;

export interface TenantUser {
  readonly id: string;
  readonly email: EmailAddress;
  readonly displayName: DisplayName;
  readonly role: TenantRole;
  readonly createdAt: Date;
}

export interface TenantUserInput {
  readonly email: string;
  readonly displayName: string;
  readonly role: string;
}

const roleForm = /^\p{L}[\p{L}\p{N}]*([ ._-][\p{L}\p{N}]+)*$/u;

function parseDisplayName(raw: string): DisplayName {
  const name = raw.normalize('NFC').trim().replace(/\s+/g, ' ');
  const length = [...name].length;
  if (length < 1 || length > 120 || /[\p{Cc}\p{Surrogate}]/u.test(name)) {
    throw invalid('displayName', 'displayName must have 1 to 120 characters.');
  }
  return name as DisplayName;
}

function parseRole(raw: string): TenantRole {
  const role = raw.normalize('NFC').trim();
  if (role.length > 60 || !roleForm.test(role)) {
    throw invalid('role', 'role must have 1 to 60 letters and digits, in words joined by a space . _ or -.');
  }
  return role as TenantRole;
}

export const parseTenantUser = (raw: TenantUserInput): Omit<TenantUser, 'id' | 'createdAt'> => ({
  email: parseEmailAddress(raw.email, 'email'),
  displayName: parseDisplayName(raw.displayName),
  role: parseRole(raw.role),
});

export const tenantUserExists = (): DomainError =>
  new DomainError(
    'TENANT_USER_EXISTS',
    'This instance has a user with this e-mail address already.',
    'email',
  );

/** Las plazas son las del plan que se compró: se ocupa hasta la última y ninguna más. */
export function checkSeats(taken: number, maxUsers: number): void {
  if (taken > maxUsers) {
    throw new DomainError(
      'SEAT_LIMIT_REACHED',
      `The plan of this instance has ${maxUsers} seats, and all are taken.`,
    );
  }
}
