import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { PlaygroundPage } from '../../support/playground-page.ts';
import { sharedStack } from '../../support/shared-stack.ts';

const browser = await openBrowser();
afterAll(() => browser?.close());

interface Change {
  readonly status: string;
  readonly instance: { instanceCode: string };
}
interface Provisioned {
  readonly provisionTenantInstance: { id: string; instanceCode: string };
}

describe.skipIf(browser === undefined)('el Playground en un navegador', () => {
  let origin: string;
  let context: BrowserContext;
  let playground: PlaygroundPage;
  const asked: string[] = [];
  /** Monaco pinta cuando puede, después de que el editor ya tenga el texto. */
  const shows = async (editor: 'query' | 'variables' | 'headers' | 'response', text: string) =>
    await eventually(async () => expect(await playground.shown(editor)).toContain(text));

  beforeAll(() => {
    origin = new URL(sharedStack().file().gatewayUrl).origin;
  });
  beforeEach(async () => {
    if (browser === undefined) throw new TypeError('no hay navegador');
    context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    context.on('request', (request) => asked.push(request.url()));
    context.on('page', (page) => page.on('websocket', (socket) => asked.push(socket.url())));
    playground = await PlaygroundPage.open(context, origin);
  });
  afterEach(async () => {
    const hosts = new Set(
      asked.filter((url) => !/^(?:data|blob):/.test(url)).map((url) => new URL(url).host),
    );
    await context.close();

    expect(playground.failures).toEqual([]);
    expect([...hosts]).toEqual([new URL(origin).host]);
  });

  it('se abre con la bienvenida, sus variables puestas y ningún token a la vista ni guardado', async () => {
    expect(await playground.tabs()).toEqual(['Welcome']);
    expect(await playground.operations()).toEqual(['Welcome', 'Features', 'Provision', 'Watch', 'WatchAll']);
    await shows('query', 'depth 15 · 50 aliases · cost 10,000 · 256 KB');
    await shows('variables', '"instanceId": "0');
    await playground.page.getByRole('button', { name: 'Headers' }).click();
    await shows('headers', 'you are operator@farutech.test');
    const kept = await playground.page.evaluate('JSON.stringify({ ...localStorage })');
    expect(kept).not.toContain('eyJ');
  });

  it('la consulta y effectiveFeatures contestan, y se ven', async () => {
    const { viewer, tenantInstances } = await playground.run<{
      viewer: { roles: string[] };
      tenantInstances: { totalCount: number };
    }>('Welcome');
    await shows('response', '"PLATFORM_ADMIN"');

    const { effectiveFeatures } = await playground.run<{ effectiveFeatures: { enabled: string[] } }>(
      'Features',
    );
    await shows('response', '"effectiveFeatures"');

    expect(viewer.roles).toEqual(['PLATFORM_ADMIN']);
    expect(tenantInstances.totalCount).toBeGreaterThanOrEqual(10);
    expect(effectiveFeatures.enabled.length).toBeGreaterThan(0);
  });

  it('la mutación se puede pulsar dos veces, y es la misma instancia; otra visita pide otra', async () => {
    const saved = async () => await playground.page.evaluate("localStorage.getItem('graphiql:tabState')");
    const first = await playground.run<Provisioned>('Provision');
    const again = await playground.run<Provisioned>('Provision');
    // Ruru guarda las pestañas medio segundo después de tocarlas: sin esperarlo no habría nada que olvidar.
    await eventually(async () => expect(await saved()).toContain('"operationName":"Provision"'));
    await playground.page.reload();
    await playground.untilReady();
    const other = await playground.run<Provisioned>('Provision');

    expect(again.provisionTenantInstance.id).toBe(first.provisionTenantInstance.id);
    expect(other.provisionTenantInstance.instanceCode).not.toBe(first.provisionTenantInstance.instanceCode);
    expect(await playground.tabs()).toHaveLength(1);
  });

  it('lo que uno escribe en la pestaña de bienvenida se queda, y la bienvenida vuelve entera a su lado', async () => {
    await playground.page.locator('.graphiql-query-editor .view-line').first().click();
    await playground.page.keyboard.press('ControlOrMeta+End');
    await playground.page.keyboard.type('# mío');
    await eventually(async () => {
      expect(await playground.page.evaluate("localStorage.getItem('graphiql:tabState')")).toContain('# mío');
    });

    await playground.page.reload();
    await playground.untilReady();

    expect(await playground.tabs()).toHaveLength(2);
    expect(await playground.operations()).toHaveLength(5);
    await shows('query', '# Farutech Orchestrator');
  });

  it('la suscripción a una instancia da el presente en cuanto se pulsa, y queda abierta', async () => {
    await playground.press('Watch');

    await shows('response', '"provisioningStatus"');
    expect(playground.frames<Change>('provisioningStatus').map(({ status }) => status)).toEqual(['ACTIVE']);
    await playground.stop();
    await eventually(() => expect(playground.sent.at(-1)?.type).toBe('complete'));
  });

  it('lo que se aprovisiona en una ventana llega vivo a la otra', async () => {
    await playground.press('WatchAll');
    await eventually(() => expect(playground.sent.map(({ type }) => type)).toContain('subscribe'));
    const second = await PlaygroundPage.open(context, origin);

    const { provisionTenantInstance } = await second.run<Provisioned>('Provision');

    await eventually(
      () => {
        const changes = playground
          .frames<Change>('tenantInstanceChanged')
          .filter(({ instance }) => instance.instanceCode === provisionTenantInstance.instanceCode);
        expect(changes.map(({ status }) => status)).toEqual(['PROVISIONING', 'ACTIVE']);
      },
      { withinMs: 20_000 },
    );
    await eventually(async () => {
      const shown = await playground.shown('response');
      expect(shown).toContain(provisionTenantInstance.instanceCode);
      expect(shown).toContain('"ACTIVE"');
    });
    expect(second.failures).toEqual([]);
  });

  it('quien deja la página abierta una hora sigue dentro, también en un socket que no se cortó', async () => {
    const tokens = (): number => asked.filter((url) => url.endsWith('/playground/token')).length;
    await playground.page.clock.install();
    await playground.page.reload();
    await playground.untilReady();
    await playground.press('Watch');
    await eventually(() => expect(playground.frames('provisioningStatus')).toHaveLength(1));
    const before = tokens();

    await playground.page.clock.fastForward('01:00:00');
    const renewed = await eventually(() => {
      const tokensSent = playground.sent
        .map(({ payload }) => payload?.authorization)
        .filter((token) => token !== undefined);
      expect(new Set(tokensSent).size).toBeGreaterThan(1);
      return tokensSent;
    });
    await playground.stop();
    await playground.run('Welcome');

    expect(tokens()).toBeGreaterThan(before);
    expect(renewed.every((token) => token.startsWith('Bearer eyJ'))).toBe(true);
    expect(playground.frames('provisioningStatus')).toHaveLength(1);
  });
});
