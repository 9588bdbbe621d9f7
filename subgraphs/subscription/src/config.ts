import { parseEnv } from '@farutech/runtime/env';
import { type SubgraphSettings, subgraphEnv, subgraphSettings } from '@farutech/runtime/subgraph-settings';
import { type PruneSettings, pruneEnv, pruneSettings } from '@farutech/schedule/prune-settings';

export type SubscriptionConfig = SubgraphSettings & PruneSettings;

export function parseSubscriptionConfig(source: NodeJS.ProcessEnv = process.env): SubscriptionConfig {
  const env = parseEnv({ ...subgraphEnv(4003), ...pruneEnv }, source);
  return { ...subgraphSettings(env, source), ...pruneSettings(env) };
}
