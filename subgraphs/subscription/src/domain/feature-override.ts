import { invalid } from '@farutech/kernel/errors';
import type { OverrideType } from './entitlement.ts';

const maxReason = 500;

export interface FeatureOverride {
  readonly id: string;
  readonly featureCode: string;
  readonly overrideType: OverrideType;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

/** De 1 a 500 caracteres sin los blancos de los extremos. PostgreSQL no guarda un NUL en un texto. */
export function parseReason(raw: string): string {
  const reason = raw.trim();
  const length = [...reason].length;
  if (length < 1 || length > maxReason || reason.includes('\0')) {
    throw invalid('reason', `reason must have 1 to ${maxReason} characters.`);
  }
  return reason;
}

export function parseOverrideEnd(raw: Date | null, now: Date): Date | null {
  if (raw !== null && raw <= now) throw invalid('expiresAt', 'expiresAt must lie in the future.');
  return raw;
}
