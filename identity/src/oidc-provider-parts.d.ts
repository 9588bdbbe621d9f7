// @types/oidc-provider solo describe el índice; estos son los dos ficheros suyos que importa oidc-library.ts.
declare module 'oidc-provider/lib/provider.js' {
  import type OidcProvider from 'oidc-provider';

  export const Provider: typeof OidcProvider;
  export type Provider = OidcProvider;
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  import type { errors } from 'oidc-provider';

  export const InvalidGrant: typeof errors.InvalidGrant;
  export const InvalidRequest: typeof errors.InvalidRequest;
  export const InvalidTarget: typeof errors.InvalidTarget;
}
