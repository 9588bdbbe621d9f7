/** The command line cannot be understood: exit code 2. The text says what would be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** Understood, and it cannot be done here: exit code 1. One line that says what, and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Lo que se espera que falle se cuenta en una línea; de lo demás hace falta saber dónde ocurrió. */
const expected = new Set(['UsageError', 'Refusal', 'LaunchError', 'ApiRefusal', 'ConfigurationError']);

/** Con localhost, node prueba IPv4 e IPv6 y junta los fallos de ambos en un AggregateError sin texto. */
function networkFault(error: unknown): string | undefined {
  const causes = [error, (error as { cause?: unknown }).cause].flatMap((one) =>
    one instanceof AggregateError ? one.errors : [one],
  );
  const fault = causes.find((one) =>
    ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'].includes((one as { code?: string })?.code ?? ''),
  );
  return fault === undefined ? undefined : (fault as Error).message;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** For those who look for a fault of ours. */
  readonly stack?: string;
}

export function describe(error: unknown): Failure {
  const network = networkFault(error);
  if (network !== undefined) {
    return {
      code: 'UNAVAILABLE',
      message: `Nobody answers: ${network}. Is it running? ./farutech stack show`,
    };
  }
  if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error) };
  const { code, field } = error as { code?: unknown; field?: unknown };
  return {
    code: typeof code === 'string' ? code : 'INTERNAL',
    message: error.message,
    ...(typeof field === 'string' && { field }),
    ...(!expected.has(error.name) && error.stack !== undefined && { stack: error.stack }),
  };
}
