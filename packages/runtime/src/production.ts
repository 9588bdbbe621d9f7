/** A setting that is missing, malformed or not allowed here. The process cannot start with it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION_INVALID';
}

export const isProduction = (): boolean => process.env.NODE_ENV === 'production';

/** Called by whatever exists for development alone, with the name of the setting that asked for it. */
export function refuseInProduction(name: string): void {
  if (isProduction())
    throw new ConfigurationError(`${name} is for development only: NODE_ENV is production.`);
}
