import { z } from 'zod';
import { ConfigurationError } from './production.ts';

/**
 * Reads settings out of the environment. An empty variable counts as absent. The error lists every bad
 * variable, one a line, and never a value: a value may be a password.
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  source: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodObject<Shape>> {
  // docker-compose y los manifiestos escriben `X=` para «sin valor»: el valor por omisión debe valer entonces.
  const given = Object.fromEntries(
    Object.keys(shape)
      .map((name) => [name, source[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = issue.path.map(String).join('.');
    return `  ${name}: ${given[name] === undefined ? 'is missing' : issue.message}`;
  });
  throw new ConfigurationError(`The configuration is not valid:\n${lines.join('\n')}`);
}
