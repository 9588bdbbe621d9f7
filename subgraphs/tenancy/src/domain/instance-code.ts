import type { Brand } from '@farutech/kernel/brand';
import { DomainError, invalid } from '@farutech/kernel/errors';

/** El nombre que el cliente da a una instancia, una etiqueta DNS: "norte". */
export type InstanceCode = Brand<string, 'InstanceCode'>;

export function parseInstanceCode(raw: string): InstanceCode {
  if (!/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(raw)) {
    throw invalid(
      'instanceCode',
      'instanceCode must have 1 to 30 lower-case letters, digits and hyphens, without one at either end.',
    );
  }
  return raw as InstanceCode;
}

export const instanceCodeTaken = (): DomainError =>
  new DomainError(
    'INSTANCE_CODE_TAKEN',
    'This customer already has an instance with this code.',
    'instanceCode',
  );
