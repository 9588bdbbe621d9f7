/// <reference path="./oidc-provider-parts.d.ts" />
import { InvalidGrant, InvalidRequest, InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
import { Provider } from 'oidc-provider/lib/provider.js';

// El índice de oidc-provider escribe en la consola, al importarse, que Node 20 no es de los suyos. Funciona en
// él (lo dicen nuestras pruebas), y un servicio no debe estrenar su registro con una línea que no es JSON: por
// eso se importan los mismos módulos que el índice reexporta, y solo aquí.
export { InvalidGrant, InvalidRequest, InvalidTarget, Provider };
