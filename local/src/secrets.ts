import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const secretsFile = z.object({
  internalToken: z.string(),
  fieldKeys: z.string(),
  cookieKeys: z.string(),
  /** Del rol con el que tenancy entra en la base compartida de los inquilinos. */
  tenantsPassword: z.string(),
});
export type StackSecrets = z.output<typeof secretsFile>;

/** Propios de cada pila y hechos una sola vez: con otras claves lo cifrado en la base no se abriría. */
export function stackSecrets(dataDir: string): StackSecrets {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file) ? secretsFile.partial().parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  // Uno escrito por una versión anterior no los tiene todos: se le añade lo que falta.
  const secrets = secretsFile.parse({
    internalToken: randomBytes(32).toString('base64url'),
    fieldKeys: `k1:${randomBytes(32).toString('base64')}`,
    cookieKeys: randomBytes(32).toString('base64url'),
    tenantsPassword: randomBytes(24).toString('base64url'),
    ...kept,
  });
  if (Object.keys(kept).length < Object.keys(secrets).length) {
    writeFileSync(file, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  }
  return secrets;
}
