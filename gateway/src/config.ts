import { Secret } from '@farutech/kernel/secret';
import { parseEnv } from '@farutech/runtime/env';
import { ConfigurationError, isProduction, refuseInProduction } from '@farutech/runtime/production';
import { z } from 'zod';
import type { PlaygroundLogin } from './playground-login.ts';

/** Dónde responde un subgrafo: una dirección o más, cada una la URL entera de su `/graphql`. */
export type SubgraphUrls = Readonly<Record<string, readonly string[]>>;

export interface GatewayConfig {
  /** 0 elige uno libre. */
  readonly port: number;
  readonly host: string;
  /** Por el nombre que da el supergrafo a cada uno, en minúsculas: catalog, tenancy, subscription. */
  readonly subgraphs: SubgraphUrls;
  readonly identity: {
    /** El `iss` que debe llevar un token de acceso. */
    readonly issuer: string;
    readonly jwksUrl: string;
    /** El `aud` que debe llevar un token de acceso. */
    readonly audience: string;
  };
  /** Al menos 32 bytes, los mismos que tienen los subgrafos. */
  readonly internalTokenSecret: Secret;
  /** Los orígenes de navegador, además del propio gateway, que pueden abrir un socket. */
  readonly allowedOrigins: readonly string[];
  /** Si falta, gateway/supergraph.graphql, el que está en el repositorio. */
  readonly supergraphSdl?: string;
  /** La introspección y el Playground: están en todas partes menos en producción. */
  readonly introspection: boolean;
  /** Una cuenta de demostración: el Playground se abre con su token. Solo en desarrollo. */
  readonly playgroundLogin?: PlaygroundLogin;
}

const defaultAudience = 'urn:farutech:orchestrator';

const list = z.string().transform((raw) =>
  raw
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
);
const urls = list.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));
const emailAndPassword = z
  .string()
  .regex(/^[^:\s]+@[^:\s]+:.+$/, 'is <e-mail>:<password>')
  .transform((raw): PlaygroundLogin => {
    const colon = raw.indexOf(':');
    return { email: raw.slice(0, colon), password: new Secret(raw.slice(colon + 1)) };
  });
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
      PLAYGROUND_LOGIN: emailAndPassword.optional(),
    },
    source,
  );
  if (env.PLAYGROUND_LOGIN !== undefined) refuseInProduction('PLAYGROUND_LOGIN');
  return {
    port: env.PORT,
    host: env.HOST,
    subgraphs: readSubgraphs(source),
    identity: { issuer: env.IDENTITY_ISSUER, jwksUrl: env.JWKS_URL, audience: env.API_AUDIENCE },
    internalTokenSecret: new Secret(env.INTERNAL_TOKEN_SECRET),
    allowedOrigins: env.ALLOWED_ORIGINS,
    introspection: env.INTROSPECTION,
    ...(env.PLAYGROUND_LOGIN !== undefined && { playgroundLogin: env.PLAYGROUND_LOGIN }),
  };
}
