import { invalid } from './errors.ts';

/** Makes a new identifier: a UUIDv7 in production, a counted one in tests. */
export type NewId = () => string;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (raw: string): boolean => uuid.test(raw.toLowerCase());

/** Lower case, so that equal ids are equal strings. Anything else is VALIDATION_FAILED on `field`. */
export function parseUuid(raw: string, field: string): string {
  const id = raw.toLowerCase();
  if (!uuid.test(id)) throw invalid(field, `${field} is not a UUID.`);
  return id;
}
