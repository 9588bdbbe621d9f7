import { afterEach, describe, expect, it, vi } from 'vitest';
import { readGatewayConfig } from './config.ts';

const complete = {
  IDENTITY_ISSUER: 'http://127.0.0.1:4100',
  JWKS_URL: 'http://127.0.0.1:4100/jwks',
  INTERNAL_TOKEN_SECRET: 'x'.repeat(32),
  SUBGRAPH_CATALOG_URLS: 'http://a:1/graphql, http://b:2/graphql',
  SUBGRAPH_TENANCY_URLS: 'http://c:3/graphql',
};

describe('la configuración', () => {
  it('lee lo dado y pone lo demás', () => {
    const config = readGatewayConfig(complete);
    expect(config).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      subgraphs: { catalog: ['http://a:1/graphql', 'http://b:2/graphql'], tenancy: ['http://c:3/graphql'] },
      identity: {
        issuer: complete.IDENTITY_ISSUER,
        jwksUrl: complete.JWKS_URL,
        audience: 'urn:farutech:orchestrator',
      },
      allowedOrigins: [],
    });
    expect(JSON.stringify(config)).not.toContain(complete.INTERNAL_TOKEN_SECRET);
  });

  it.each([
    ['JWKS_URL', { ...complete, JWKS_URL: undefined }],
    ['INTERNAL_TOKEN_SECRET', { ...complete, INTERNAL_TOKEN_SECRET: 'short' }],
    ['SUBGRAPH_CATALOG_URLS', { ...complete, SUBGRAPH_CATALOG_URLS: 'catalog' }],
    ['PORT', { ...complete, PORT: '70000' }],
  ])('sin un %s que valga dice cuál', (name, source) => {
    expect(() => readGatewayConfig(source)).toThrow(name);
  });

  it('sin ningún subgrafo lo dice', () => {
    const { SUBGRAPH_CATALOG_URLS: _a, SUBGRAPH_TENANCY_URLS: _b, ...rest } = complete;
    expect(() => readGatewayConfig(rest)).toThrow('SUBGRAPH_<NAME>_URLS');
  });
});

describe('la cuenta con la que se abre el Playground', () => {
  const source = { ...complete, PLAYGROUND_LOGIN: 'operator@farutech.test:con:dos puntos' };
  afterEach(() => vi.unstubAllEnvs());

  it('se lee sin que su contraseña se pueda imprimir', () => {
    const { playgroundLogin } = readGatewayConfig(source);

    expect(playgroundLogin?.email).toBe('operator@farutech.test');
    expect(playgroundLogin?.password.reveal()).toBe('con:dos puntos');
    expect(JSON.stringify(playgroundLogin)).not.toContain('dos puntos');
    expect(readGatewayConfig(complete).playgroundLogin).toBeUndefined();
  });

  it.each(['operator@farutech.test', 'operator:demo', '@:'])('%s no lo es', (raw) => {
    expect(() => readGatewayConfig({ ...complete, PLAYGROUND_LOGIN: raw })).toThrow('PLAYGROUND_LOGIN');
  });

  it('producción no arranca con ella', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(() => readGatewayConfig(source)).toThrow('PLAYGROUND_LOGIN is for development only');
    expect(readGatewayConfig(complete).introspection).toBe(false);
  });
});
