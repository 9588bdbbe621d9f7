import { promises as files } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const names = ['catalog', 'tenancy', 'subscription'];
const root = new URL('../../', import.meta.url);

/** El supergrafo, hecho de los esquemas que los subgrafos han registrado. */
export async function composeSupergraph(): Promise<string> {
  const services = await Promise.all(
    names.map(async (name) => ({
      name,
      // Un nombre, no una dirección: dónde contesta cada uno lo dice SUBGRAPH_<NAME>_URLS.
      url: `http://${name}/graphql`,
      typeDefs: parse(await files.readFile(new URL(`subgraphs/${name}/schema.graphql`, root), 'utf8')),
    })),
  );
  const composed = composeServices(services);
  if (composed.errors)
    throw new AggregateError(composed.errors, composed.errors.map(({ message }) => message).join('\n'));
  return composed.supergraphSdl.endsWith('\n') ? composed.supergraphSdl : `${composed.supergraphSdl}\n`;
}
