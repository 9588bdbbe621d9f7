import type { BrowserContext, Page, WebSocket } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';

/** De monaco-graphql, al pasar el ratón por un sitio donde no hay nada que explicar: no estropea nada. */
const knownNoise = 'Expected Parser stream to be available';

interface SocketMessage {
  readonly type: string;
  readonly payload?: { authorization?: string; data?: Record<string, unknown> };
}

/** El Playground como lo ve una persona: pulsa una operación por su nombre y mira lo que sale a la derecha. */
export class PlaygroundPage {
  /** Lo que se ha dicho por los sockets de la página, en cada sentido. */
  readonly sent: SocketMessage[] = [];
  readonly received: SocketMessage[] = [];
  readonly failures: string[] = [];

  private constructor(readonly page: Page) {
    page.on('websocket', (socket) => this.#listen(socket));
    const fail = (text: string): void => {
      if (!text.includes(knownNoise)) this.failures.push(text);
    };
    page.on('pageerror', (error) => fail(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') fail(message.text());
    });
  }

  static async open(context: BrowserContext, origin: string): Promise<PlaygroundPage> {
    const opened = new PlaygroundPage(await context.newPage());
    await opened.page.goto(`${origin}/playground`);
    await opened.untilReady();
    return opened;
  }

  /** Hasta que se puede pulsar: el botón conoce las operaciones cuando el editor las ha leído. */
  async untilReady(): Promise<void> {
    await this.page.locator('.graphiql-execute-button').waitFor();
    await eventually(async () => expect(await this.operations()).not.toEqual([]), { withinMs: 20_000 });
  }

  async operations(): Promise<string[]> {
    await this.page.locator('.graphiql-execute-button').click();
    const names = await this.page.getByRole('menuitem').allTextContents();
    await this.page.keyboard.press('Escape');
    return names;
  }

  async press(operation: string): Promise<void> {
    await this.page.locator('.graphiql-execute-button').click();
    await this.page.getByRole('menuitem', { name: operation, exact: true }).click();
  }

  /** Pulsa una consulta o una mutación y devuelve lo que contestó el gateway. */
  async run<Data>(operation: string): Promise<Data> {
    const answered = this.page.waitForResponse(
      (response) =>
        response.url().endsWith('/graphql') && response.request().postDataJSON()?.operationName === operation,
    );
    await this.press(operation);
    const { data, errors } = await (await answered).json();
    if (errors !== undefined) throw new Error(`${operation} se negó: ${JSON.stringify(errors)}`);
    return data;
  }

  async stop(): Promise<void> {
    await this.page.getByRole('button', { name: /^Stop/ }).click();
  }

  async tabs(): Promise<string[]> {
    return await this.page.getByRole('tab').allTextContents();
  }

  /** El texto de uno de los editores, tal como está pintado. */
  async shown(editor: 'query' | 'variables' | 'headers' | 'response'): Promise<string> {
    const places = {
      query: '.graphiql-query-editor',
      variables: '[aria-label="Variables"]',
      headers: '[aria-label="Headers"]',
      response: '.result-window',
    };
    const lines = await this.page.locator(`${places[editor]} .view-line`).allTextContents();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  frames<Frame>(field: string): Frame[] {
    return this.received
      .filter(({ type }) => type === 'next')
      .map(({ payload }) => payload?.data?.[field] as Frame);
  }

  #listen(socket: WebSocket): void {
    const note = (into: SocketMessage[]) => (frame: { payload: string | Buffer }) => {
      into.push(JSON.parse(frame.payload.toString()) as SocketMessage);
    };
    socket.on('framesent', note(this.sent));
    socket.on('framereceived', note(this.received));
  }
}
