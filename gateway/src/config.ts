import { Secret } from '@farutech/kernel/secret';
import { parseEnv } from '@farutech/runtime/env';
import { ConfigurationError, isProduction } from '@farutech/runtime/production';
import { z } from 'zod';

/** Where a subgraph answers: one address or more, each the full URL of its `/graphql`. */
export type SubgraphUrls = Readonly<Record<string, readonly string[]>>;

export interface GatewayConfig {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** By name of the subgraph, as the supergraph spells it in lower case: catalog, tenancy, subscription. */
  readonly subgraphs: SubgraphUrls;
  readonly identity: {
    /** `iss` that an access token must carry. */
    readonly issuer: string;
    readonly jwksUrl: string;
    /** `aud` that an access token must carry. */
    readonly audience: string;
  };
  /** At least 32 bytes, shared with the subgraphs. */
  readonly internalTokenSecret: Secret;
  /** Browser origins, besides the gateway's own, that may open a socket. */
  readonly allowedOrigins: readonly string[];
  /** Default: the committed gateway/supergraph.graphql. */
  readonly supergraphSdl?: string;
  /** Introspection and the Playground: on everywhere but in production. */
  readonly introspection: boolean;
}

const defaultAudience = 'urn:farutech:orchestrator';

const list = z.string().transform((raw) =>
  raw
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);
const urls = list.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));
const subgraphVariable = /^SUBGRAPH_([A-Z0-9_]+)_URLS$/;

function readSubgraphs(source: NodeJS.ProcessEnv): SubgraphUrls {
  const names = Object.keys(source).filter((name) => subgraphVariable.test(name) && source[name] !== '');
  if (names.length === 0)
    throw new ConfigurationError('The configuration is not valid:\n  SUBGRAPH_<NAME>_URLS: is missing');
  const parsed = parseEnv(Object.fromEntries(names.map((name) => [name, urls])), source);
  return Object.fromEntries(
    names.map((name) => [(subgraphVariable.exec(name)?.[1] ?? '').toLowerCase(), parsed[name] ?? []]),
  );
}

export function readGatewayConfig(source: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const env = parseEnv(
    {
      PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
      HOST: z.string().default('127.0.0.1'),
      IDENTITY_ISSUER: z.url(),
      JWKS_URL: z.url(),
      API_AUDIENCE: z.string().min(1).default(defaultAudience),
      INTERNAL_TOKEN_SECRET: z.string().min(32, 'needs at least 32 characters'),
      ALLOWED_ORIGINS: list.default([]),
      INTROSPECTION: z.stringbool().default(!isProduction()),
    },
    source,
  );
  return {
    port: env.PORT,
    host: env.HOST,
    subgraphs: readSubgraphs(source),
    identity: { issuer: env.IDENTITY_ISSUER, jwksUrl: env.JWKS_URL, audience: env.API_AUDIENCE },
    internalTokenSecret: new Secret(env.INTERNAL_TOKEN_SECRET),
    allowedOrigins: env.ALLOWED_ORIGINS,
    introspection: env.INTROSPECTION,
  };
}
