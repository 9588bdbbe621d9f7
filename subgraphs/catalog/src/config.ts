import { parseEnv } from '@farutech/runtime/env';
import { type SubgraphSettings, subgraphEnv, subgraphSettings } from '@farutech/runtime/subgraph-settings';
import { type PruneSettings, pruneEnv, pruneSettings } from '@farutech/schedule/prune-settings';

export type CatalogConfig = SubgraphSettings & PruneSettings;

export function parseCatalogConfig(source: NodeJS.ProcessEnv = process.env): CatalogConfig {
  const env = parseEnv({ ...subgraphEnv(4001), ...pruneEnv }, source);
  return { ...subgraphSettings(env, source), ...pruneSettings(env) };
}
