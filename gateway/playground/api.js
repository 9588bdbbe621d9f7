import { createClient } from './graphql-ws/client.js';

// Cómo habla Ruru con el gateway: consultas por POST, suscripciones por graphql-transport-ws. Quien no pone
// Authorization en las cabeceras habla con el token de demostración, que vive cinco minutos y se renueva solo.

const renewBeforeMs = 60_000;
// Más a menudo que el margen: si no, un token ya gastado vencería entre dos vueltas.
const renewEveryMs = 30_000;

const isAuthorization = (name) => name.toLowerCase() === 'authorization';
const speaksForItself = (headers) => Object.keys(headers).some(isAuthorization);

const isSubscription = (document, name) =>
  document?.definitions.some(
    ({ operation, name: own }) => operation === 'subscription' && (!name || own?.value === name),
  ) ?? false;

/** Sin esto Ruru enseñaría {"isTrusted": true} cuando un socket se cierra. */
const readable = (error) =>
  typeof error?.code === 'number' ? new Error(`The socket closed: ${error.code} ${error.reason}`) : error;

export function createApi({ endpoint, subscriptionEndpoint, tokenUrl }) {
  let kept = null;

  async function ask() {
    const response = await fetch(tokenUrl, { method: 'POST' });
    const answer = await response.json();
    if (!response.ok)
      throw new Error(answer.errors?.[0]?.message ?? `The demo login answered ${response.status}.`);
    return { ...answer, until: Date.now() + answer.expiresInSeconds * 1_000 - renewBeforeMs };
  }

  /** Quién entra si nadie dice otra cosa; null donde no hay entrada de demostración. */
  async function demo() {
    if (tokenUrl === null) return null;
    if (kept === null || kept.until < Date.now()) kept = await ask();
    return kept;
  }

  async function authorised(headers = {}) {
    if (speaksForItself(headers)) return headers;
    const login = await demo();
    return login === null ? headers : { ...headers, authorization: login.authorization };
  }

  async function run(params, headers) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await authorised(headers)) },
      body: JSON.stringify(params),
    });
    return await response.json();
  }

  function watch(params, headers = {}) {
    let renewal;
    const client = createClient({
      url: subscriptionEndpoint,
      connectionParams: () => authorised(headers),
      retryAttempts: 10,
      on: {
        // El gateway cierra con 4401 al vencer el token; un ping con otro del mismo espectador lo renueva sin cortar.
        connected(socket) {
          if (speaksForItself(headers)) return;
          renewal = setInterval(async () => {
            socket.send(JSON.stringify({ type: 'ping', payload: await authorised(headers) }));
          }, renewEveryMs);
        },
        closed: () => clearInterval(renewal),
      },
    });
    const frames = client.iterate(params);
    return {
      next: () => frames.next().catch((error) => Promise.reject(readable(error))),
      return: () => frames.return(),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  return {
    demo,
    run,
    fetcher: (params, { headers, documentAST } = {}) =>
      isSubscription(documentAST, params.operationName) ? watch(params, headers) : run(params, headers),
  };
}
