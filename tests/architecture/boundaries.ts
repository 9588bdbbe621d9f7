import { dirname, join, normalize } from 'node:path';

// Lo que biome.json no puede decir: sus patrones ven el texto del import, no adónde llega ni quién lo escribe.
const anythingGoes = /^(?:local|tests|bench|packages\/cli)\//;
const forTests = /\.test\.tsx?$|\/testing\/|\/print-schema\.ts$/;
/** Los servidores de prueba, y lo que un paquete ofrece para probar a quien depende de él. */
const sharedByTests = /^(?:tests\/support|packages\/[^/]+\/src\/testing)\//;
/** Salas que hablan SDL y hechos: su código no lo importa nadie más que local, cli, tests y bench. */
const apart = ['catalog', 'tenancy', 'subscription', 'gateway', 'identity', 'workers', 'local', 'cli'];
const clients: Readonly<Record<string, readonly string[]>> = {
  'subgraphs/catalog': ['catalog'],
  'subgraphs/tenancy': ['tenancy'],
  'subgraphs/subscription': ['subscription'],
  identity: ['identity'],
  workers: ['workers', 'tenant', 'schema-engine'],
  'packages/tenant-db': ['tenant'],
};

const roomOf = (file: string): string =>
  /^(?:(?:packages|subgraphs|examples)\/[^/]+|[^/]+)/.exec(file)?.[0] ?? file;
const workerOf = (file: string): string | undefined => /^workers\/src\/([^/]+)\//.exec(file)?.[1];

/** Por qué este fichero no puede importar esto; nada, si puede. */
export function crossing(file: string, specifier: string): string | undefined {
  if (anythingGoes.test(file)) return undefined;
  const room = roomOf(file);
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file), specifier));
    const [from, to] = [workerOf(file), workerOf(target)];
    if (forTests.test(file) && sharedByTests.test(target)) return undefined;
    if (roomOf(target) !== room) return 'sale de su sala por una ruta relativa';
    if (from && to && from !== to && from !== 'testing' && to !== 'testing' && !forTests.test(file)) {
      return 'un trabajador no importa a otro';
    }
    return undefined;
  }
  const [, name, path] = /^@farutech\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  if (room === 'portal' || room === 'packages/sdk') return 'no conoce nada de lo nuestro';
  if (room.startsWith('examples/') && name !== 'orchestrator-sdk') return 'un ejemplo solo conoce el SDK';
  if (forTests.test(file) && (name === 'local' || path === 'migrate')) return undefined;
  if (apart.includes(name) && `@farutech/${room.split('/').at(-1)}` !== `@farutech/${name}`) {
    return 'nadie importa el código de un servicio';
  }
  if (name === 'tenant-db' && !['subgraphs/tenancy', 'workers', 'packages/tenant-db'].includes(room)) {
    return 'solo tenancy y los trabajadores abren bases de inquilinos';
  }
  if (name === 'prisma' && !allowedClient(room, path ?? '')) return 'no es su cliente de Prisma';
  return undefined;
}

const allowedClient = (room: string, path: string): boolean =>
  (path === 'migrate' && room === 'workers') || (clients[room] ?? []).includes(path);
