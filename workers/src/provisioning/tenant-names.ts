import { randomBytes } from 'node:crypto';

/** El rol con el que la aplicación entra en la base compartida. */
export const sharedRole = 'farutech_app';
/** Lo que dice de un inquilino Standard quien pregunte por su base. */
export const sharedDatabaseId = 'shared';

const hexOf = (instanceId: string): string => instanceId.replaceAll('-', '');

/**
 * Opaco y de 34 bytes: PostgreSQL corta los nombres a 63, y dos largos con el mismo principio serían uno. Base y
 * rol se llaman igual, que no es lo mismo: viven en catálogos distintos.
 */
export const tenantDatabaseName = (instanceId: string): string => `t_${hexOf(instanceId)}`;

export const connectionOwner = (instanceId: string): string =>
  `TenantInstance:${instanceId}:connectionString`;

/**
 * `host` sale de la lista del servidor, nunca de un mensaje; usuario, base y contraseña se hacen aquí. `options` dice
 * de qué inquilino es cada sesión: en la base solo está él, pero RLS lo pregunta igual. Fijarlo en el rol (ALTER
 * ROLE … SET) exigiría un superusuario.
 */
export function makeConnectionString(instanceId: string, host: string): string {
  const name = tenantDatabaseName(instanceId);
  const options = encodeURIComponent(`-c app.tenant_id=${instanceId}`);
  return `postgresql://${name}:${randomBytes(24).toString('base64url')}@${host}/${name}?options=${options}`;
}

/** La misma dirección de administrador, en otra base. */
export function onDatabase(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
