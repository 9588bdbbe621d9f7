import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

// argon2id con lo que OWASP pide como mínimo: 19 MiB, dos pasadas, un hilo. La biblioteca usa estos mismos
// números por omisión, pero una contraseña no depende de lo que otro decida mañana. 2 es Argon2id (su enum
// es `const` y no existe con isolatedModules).
const argon2id = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password, argon2id);

export interface PasswordCheck {
  /** Sin resumen con el que comparar (nadie con ese correo) tarda lo mismo, y es falso. */
  matches(passwordHash: string | undefined, password: string): Promise<boolean>;
}

/**
 * El señuelo se calcula al abrir y no en la primera pregunta, que tardaría el doble y diría con su tardanza
 * que ese correo no existe.
 */
export async function openPasswordCheck(): Promise<PasswordCheck> {
  const decoy = await hashPassword(randomUUID());
  return {
    async matches(passwordHash, password) {
      const equal = await verify(passwordHash ?? decoy, password);
      return equal && passwordHash !== undefined;
    },
  };
}
