import { afterEach, describe, expect, it } from 'vitest';
import { liveIterator, openLiveIterators } from './live.ts';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
const done = { done: true, value: undefined };

afterEach(() => expect(openLiveIterators()).toBe(0));

describe('un iterador vivo', () => {
  it('se puede dejar mientras espera: el next pendiente termina y corre el finally', async () => {
    let cleaned = false;
    const live = liveIterator(async function* (signal) {
      try {
        yield 1;
        await aborted(signal);
      } finally {
        cleaned = true;
      }
    });
    expect(await live.next()).toEqual({ done: false, value: 1 });
    const waiting = live.next();
    expect(openLiveIterators()).toBe(1);

    expect(await live.return(undefined)).toEqual(done);

    expect(await waiting).toEqual(done);
    expect(cleaned).toBe(true);
    expect(await live.next()).toEqual(done);
  });

  it('un next pendiente no espera a que el generador recoja', async () => {
    let collect = (): void => undefined;
    const live = liveIterator<number>(async function* (signal) {
      await aborted(signal);
      await new Promise<void>((resolve) => {
        collect = resolve;
      });
      yield 1;
    });
    const waiting = live.next();
    const left = live.return(undefined);

    expect(await waiting).toEqual(done);
    expect(openLiveIterators()).toBe(1);

    collect();
    expect(await left).toEqual(done);
  });

  it('sin empezar, también se deja', async () => {
    const live = liveIterator(async function* () {
      yield 1;
    });

    expect(await live.return(undefined)).toEqual(done);
  });

  it('en un for await, break lo cierra', async () => {
    const seen: number[] = [];
    for await (const n of liveIterator(async function* () {
      for (let i = 0; ; i += 1) yield i;
    })) {
      seen.push(n);
      if (n === 2) break;
    }

    expect(seen).toEqual([0, 1, 2]);
  });

  it('se acaba solo, o falla, y deja de contar', async () => {
    const short = liveIterator(async function* () {
      yield 1;
    });
    await short.next();
    expect(await short.next()).toEqual(done);

    const failing = liveIterator<number>(async function* () {
      yield await Promise.reject(new Error('roto'));
    });
    await expect(failing.next()).rejects.toThrow('roto');
  });

  it('abortar lanzando la razón de la señal es una salida limpia', async () => {
    const live = liveIterator<number>(async function* (signal) {
      await aborted(signal);
      signal.throwIfAborted();
      yield 1;
    });
    const waiting = live.next();

    await live.return(undefined);

    expect(await waiting).toEqual(done);
  });

  it('lo que falla al recoger no se pierde', async () => {
    const live = liveIterator<number>(async function* (signal) {
      await aborted(signal);
      yield await Promise.reject(new Error('no se pudo soltar'));
    });
    const waiting = live.next();

    await expect(live.return(undefined)).rejects.toThrow('no se pudo soltar');
    expect(await waiting).toEqual(done);
  });
});
