import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';

export type SettingKey = Brand<string, 'SettingKey'>;
/** Un valor JSON que PostgreSQL sabe guardar, como texto. */
type SettingValue = Brand<string, 'SettingValue'>;

export interface TenantSetting {
  readonly key: SettingKey;
  readonly value: SettingValue;
}

export interface TenantSettingInput {
  readonly key: string;
  readonly value: unknown;
}

/** Una instancia se configura con decenas de claves; con esto la lista entera sigue siendo una lista corta. */
export const maxSettings = 200;
const maxAtOnce = 50;
const maxValueBytes = 16 * 1024;
const maxDepth = 32;
const keyForm = /^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$/;
const maxKeyLength = 64;

export const tooManySettings = (): Error =>
  invalid('settings', `An instance keeps at most ${maxSettings} settings.`);

function parseKey(raw: string): SettingKey {
  if (raw.length > maxKeyLength || !keyForm.test(raw)) {
    throw invalid(
      'key',
      `A key has 1 to ${maxKeyLength} letters and digits, in parts joined by . _ or -: "invoice.locale".`,
    );
  }
  return raw as SettingKey;
}

/** jsonb no guarda el carácter nulo ni medio carácter, y ninguno de los dos se ve venir en el texto. */
const keepable = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

function check(value: unknown, depth: number): void {
  if (depth > maxDepth) throw invalid('value', `A value may be nested ${maxDepth} levels deep.`);
  switch (typeof value) {
    case 'string':
      if (!keepable(value))
        throw invalid('value', 'A value may not hold the null character or half a character.');
      return;
    case 'number':
      if (!Number.isFinite(value)) throw invalid('value', 'A number is too large.');
      return;
    case 'boolean':
      return;
    case 'object':
      for (const [name, part] of Object.entries(value ?? {})) {
        check(name, depth);
        check(part, depth + 1);
      }
      return;
    default:
      throw invalid('value', 'A value must be JSON.');
  }
}

function parseValue(raw: unknown): SettingValue {
  check(raw, 1);
  const text = JSON.stringify(raw);
  if (new TextEncoder().encode(text).length > maxValueBytes) {
    throw invalid('value', `A value has at most ${maxValueBytes / 1024} KB.`);
  }
  return text as SettingValue;
}

/** De 1 a 50, y ninguna clave repetida. */
export function parseSettings(raw: readonly TenantSettingInput[]): readonly TenantSetting[] {
  if (raw.length < 1 || raw.length > maxAtOnce) {
    throw invalid('settings', `Give 1 to ${maxAtOnce} settings.`);
  }
  const settings = raw.map(({ key, value }) => ({ key: parseKey(key), value: parseValue(value) }));
  if (new Set(settings.map(({ key }) => key)).size < settings.length) {
    throw invalid('key', 'A key is given twice.');
  }
  return settings;
}
