import { invalid } from '@farutech/kernel/errors';

// PostgreSQL no guarda el carácter nulo en un texto ni un sustituto suelto en un jsonb: sin esto serían un INTERNAL.
const forbiddenInLine = /[\p{Cc}\p{Cs}]/u;
const forbiddenInText = /[^\n\P{Cc}]|\p{Cs}/u;
const versionForm = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/;

export function parseName(raw: string, field: string): string {
  const name = raw.trim();
  if (name.length < 1 || name.length > 120 || forbiddenInLine.test(name)) {
    throw invalid(field, `${field} must be one line of 1 to 120 characters.`);
  }
  return name;
}

/** La vacía vale: no todo lo que se vende necesita explicarse. */
export function parseDescription(raw: string, field: string): string {
  const text = raw.trim();
  if (text.length > 2_000 || forbiddenInText.test(text)) {
    throw invalid(field, `${field} must have at most 2000 characters, none of them a control character.`);
  }
  return text;
}

export function parseProductVersion(raw: string, field: string): string {
  if (!versionForm.test(raw)) {
    throw invalid(field, `${field} must be a version such as "1.0.0", of at most 32 characters.`);
  }
  return raw;
}

/** Cabe en el int de la base con holgura, y un plan con más usuarios es una errata. */
const mostUsers = 1_000_000;

export function parseMaxUsers(raw: number, field: string): number {
  if (!Number.isInteger(raw) || raw < 1 || raw > mostUsers) {
    throw invalid(field, `${field} must be a whole number from 1 to ${mostUsers}.`);
  }
  return raw;
}
