import type { KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import type { PasswordCheck } from './passwords.ts';

/**
 * oidc-provider compara el secreto recibido con el guardado, letra a letra. Aquí lo guardado es un resumen
 * argon2id, y un cliente desconocido tarda en rechazarse lo mismo que uno conocido con otro secreto.
 */
export function checkSecretsByHash(provider: Provider, passwords: PasswordCheck): void {
  provider.Client.prototype.compareClientSecret = function compare(actual: string): Promise<boolean> {
    return passwords.matches(this.metadata().client_secret, actual);
  };

  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    // Sin ruta reconocida no hay `oidc`; con 401 y sin cliente, oidc-provider no llegó a comparar nada.
    const unknownClient =
      ctx.status === 401 && ctx.oidc !== undefined && ctx.oidc.entities.Client === undefined;
    if (unknownClient) await passwords.matches(undefined, 'nadie');
  });
}
