import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

/** Por qué alguien pidió algo. Va a la auditoría y a ninguna otra parte. */
export type Reason = Brand<string, 'Reason'>;

const maxLength = 500;

export function parseReason(raw: string): Reason {
  const reason = raw.trim();
  const length = [...reason].length;
  // jsonb no guarda el carácter nulo ni medio carácter.
  if (length < 1 || length > maxLength || /\0|\p{Surrogate}/u.test(reason)) {
    throw invalid('reason', `reason must have 1 to ${maxLength} characters.`);
  }
  return reason as Reason;
}
