import { OutOfOrderError, PermanentError, TransientError } from '@farutech/kernel/errors';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { proving } from '../../../tests/support/proof.ts';
import { type Messaging, openMessaging } from './connection.ts';
import { type ConsumerDefinition, type Delivery, FencedError, on, RetryLater } from './consume.ts';
import { about, correlationId, lookAt, note, noted, recordingLog } from './testing/messaging-probe.ts';
import { type Received, reads, together } from './together.ts';

/** Con la máquina ocupada el temporizador llega tarde: la cifra justa se pide en `make prove`. */
const busyMs = proving ? 20 : 3_000;

let nats: TestNats;
let eye: Awaited<ReturnType<typeof lookAt>>;
const open: Messaging[] = [];
let counted = 0;

beforeAll(async () => {
  nats = await startTestNats();
  eye = await lookAt(nats.url);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  for await (const stream of eye.manager.streams.list()) await eye.manager.streams.delete(stream.config.name);
});
afterAll(async () => {
  await eye.close();
  await nats.close();
});

async function start(ackWaitMs = 2_000) {
  const log = recordingLog();
  const messaging = openMessaging({ servers: nats.url, name: 'prueba', log, ackWaitMs });
  open.push(messaging);
  await eventually(async () => {
    await messaging.check();
    await eye.manager.streams.info('DLQ');
  });
  const consume = (
    handle: (data: { about: string; n: number }, delivery: Delivery) => Promise<void>,
    more: Partial<ConsumerDefinition> = {},
  ) => {
    counted += 1;
    return messaging.consume({
      durable: `prueba-${counted}`,
      stream: 'EVENT',
      filterSubject: 'farutech.event.probe.>',
      concurrency: 4,
      handlers: [on(noted, handle)],
      ...more,
    });
  };
  return { messaging, log, consume };
}

/** Infinito mientras el consumidor no existe: «nada pendiente» no puede decirse antes de empezar. */
const pendingOf = async (): Promise<number> => {
  const consumers = await eye.manager.consumers.list('EVENT').next();
  if (consumers.length === 0) return Number.POSITIVE_INFINITY;
  return consumers.reduce((sum, one) => sum + one.num_ack_pending + one.num_pending, 0);
};

describe('consumidor duradero', () => {
  it('reintenta a los 0,5, 1, 2 y 4 s, y al quinto fallo deja la carta muerta con el mensaje dentro', async () => {
    const { messaging, consume } = await start();
    const at: number[] = [];
    const attempts: [number, boolean][] = [];
    const told: string[] = [];
    consume(
      async (_data, delivery) => {
        at.push(performance.now());
        attempts.push([delivery.attempt, delivery.lastAttempt]);
        throw new TransientError('DATABASE_AWAY', 'No database.');
      },
      { durable: 'escalera', onDeadLetter: async () => void told.push('sí') },
    );
    await messaging.publish(note('m-escalera'));

    const letters = await eventually(
      async () => {
        const found = await eye.deadLetters();
        expect(found).toHaveLength(1);
        return found;
      },
      { withinMs: 15_000 },
    );

    expect(attempts).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [5, true],
    ]);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    for (const [index, wanted] of [500, 1_000, 2_000, 4_000].entries()) {
      expect(gaps[index], `espera ${index + 1} de ${gaps}`).toBeGreaterThan(wanted * 0.9);
      expect(gaps[index], `espera ${index + 1} de ${gaps}`).toBeLessThan(wanted * 1.1 + busyMs);
    }
    expect(told).toEqual(['sí']);
    expect(letters[0]).toMatchObject({
      messageId: 'm-escalera',
      worker: 'escalera',
      stream: 'EVENT',
      subject: noted.subject({ about: about(1), n: 1 }),
      aggregateId: about(1),
      correlationId,
      attempts: 5,
      code: 'DATABASE_AWAY',
      reason: 'No database.',
      payload: note('m-escalera').envelope,
    });
    await eventually(async () => expect(await pendingOf()).toBe(0));
    expect(at).toHaveLength(5);
  }, 30_000);

  it('un fallo sin remedio va a las cartas muertas al primer intento', async () => {
    const { messaging, consume } = await start();
    let calls = 0;
    consume(async () => {
      calls += 1;
      throw new PermanentError('PLAN_GONE', 'No such plan.');
    });
    await messaging.publish(note('m-permanente'));

    await eventually(async () =>
      expect(await eye.deadLetters()).toMatchObject([{ code: 'PLAN_GONE', attempts: 1 }]),
    );
    await eventually(async () => expect(await pendingOf()).toBe(0));
    expect(calls).toBe(1);
  });

  it('dos consumidores que renuncian al mismo mensaje dejan una carta cada uno, y solo una', async () => {
    const { messaging, consume } = await start();
    const hopeless = async (): Promise<void> => {
      throw new PermanentError('NO', 'No.');
    };
    consume(hopeless, { durable: 'uno' });
    consume(hopeless, { durable: 'dos' });
    await messaging.publish(note('m-dos'));

    await eventually(async () => expect(await pendingOf()).toBe(0));
    await eventually(async () =>
      expect((await eye.deadLetters()).map((letter) => letter.worker).sort()).toEqual(['dos', 'uno']),
    );
  });

  it('lo ilegible y lo que no cumple su contrato no se pierde: es carta muerta con el texto como llegó', async () => {
    const { messaging, consume } = await start();
    const handled: unknown[] = [];
    consume(async (data) => void handled.push(data));
    await eye.publishRaw('farutech.event.probe.Noted.x', 'esto no es JSON');
    const broken = note('m-roto');
    await messaging.publish({ ...broken, envelope: { ...broken.envelope, data: { about: 'nadie', n: 1 } } });

    await eventually(async () => {
      const letters = await eye.deadLetters();
      expect(letters.map((letter) => letter.code)).toEqual(['MESSAGE_UNREADABLE', 'MESSAGE_UNREADABLE']);
      expect(letters.map((letter) => letter.payload)).toContain('esto no es JSON');
      expect(letters.map((letter) => letter.reason).join()).toContain('about');
    });
    expect(handled).toEqual([]);
  });

  describe('lo que este proceso no sabe atender', () => {
    const next = { ...noted, version: 2 };
    const noteOfNext = (id: string, n: number) => {
      const { subject, envelope } = note(id, n);
      return { subject, envelope: { ...envelope, version: next.version } };
    };

    it('una versión que no conoce es carta muerta a la primera y entera; tras actualizarlo, reenviada se hace', async () => {
      const { messaging, consume } = await start();
      const old: number[] = [];
      const running = consume(async ({ n }) => void old.push(n), { durable: 'por-actualizar' });
      await messaging.publish(noteOfNext('m-nueva', 1));
      await messaging.publish(note('m-vieja', 2));

      await eventually(async () => expect(await pendingOf()).toBe(0));
      const [letter, ...more] = await eye.deadLetters();
      expect(more).toEqual([]);
      expect(letter).toMatchObject({
        code: 'UNKNOWN_VERSION',
        attempts: 1,
        worker: 'por-actualizar',
        reason: 'Noted v2: only v1 can be read here.',
        payload: noteOfNext('m-nueva', 1).envelope,
      });
      expect(old).toEqual([2]);
      await running.close();

      const seen: [string, number][] = [];
      consume(async () => undefined, {
        durable: 'por-actualizar',
        handlers: [
          on(noted, async ({ n }) => void seen.push(['v1', n])),
          on(next, async ({ n }) => void seen.push(['v2', n])),
        ],
      });
      await messaging.publish(noteOfNext('replay:una-carta:1', 1));

      await eventually(() => expect(seen).toEqual([['v2', 1]]));
      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect(await eye.deadLetters()).toHaveLength(1);
    });

    it('una orden sin quien la cumpla es carta muerta: no hay otro que la tome', async () => {
      const { messaging, consume } = await start();
      const subject = `farutech.cmd.probe.${about(1)}`;
      consume(async () => undefined, { stream: 'CMD', filterSubject: 'farutech.cmd.probe.>' });
      const { envelope } = note('m-orden');
      await messaging.publish({ subject, envelope: { ...envelope, name: 'SinNadie' } });

      await eventually(async () =>
        expect(await eye.deadLetters()).toMatchObject([
          { code: 'UNKNOWN_COMMAND', attempts: 1, stream: 'CMD', subject, messageId: 'm-orden' },
        ]),
      );
      await eventually(async () => expect((await eye.manager.streams.info('CMD')).state.messages).toBe(0));
    });

    it('una carta muerta de una versión por venir espera a quien la lea, y no se pierde', async () => {
      const { messaging, log, consume } = await start();
      const letters = { stream: 'DLQ', filterSubject: 'farutech.dlq.>', durable: 'cartas' } as const;
      const running = consume(async () => undefined, letters);
      const { envelope } = noteOfNext('m-carta', 7);
      await messaging.publish({ subject: 'farutech.dlq.EVENT.x.m-carta', envelope });
      await eventually(() =>
        expect(log.lines.map(({ fields }) => fields)).toContainEqual(
          expect.objectContaining({ messageId: 'm-carta', outcome: 'later' }),
        ),
      );
      expect((await eye.manager.consumers.info('DLQ', 'cartas')).num_ack_pending).toBe(1);
      await running.close();

      const seen: number[] = [];
      consume(async () => undefined, {
        ...letters,
        handlers: [on(next, async ({ n }) => void seen.push(n))],
      });

      await eventually(() => expect(seen).toEqual([7]), { withinMs: 15_000 });
    }, 30_000);
  });

  it('un hecho por el que nadie aquí pregunta se da por leído', async () => {
    const { messaging, consume } = await start();
    const seen: number[] = [];
    consume(async ({ n }) => void seen.push(n));
    const other = note('m-otro');
    await messaging.publish({ ...other, envelope: { ...other.envelope, name: 'Desconocido' } });
    await messaging.publish(note('m-conocido', 7));

    await eventually(async () => {
      expect(seen).toEqual([7]);
      expect(await pendingOf()).toBe(0);
    });
    expect(await eye.deadLetters()).toEqual([]);
  });

  it('contado dos veces con el mismo identificador, llega una', async () => {
    const { messaging, consume } = await start();
    const seen: string[] = [];
    consume(async (_data, delivery) => void seen.push(delivery.messageId));
    await messaging.publish(note('m-igual'));
    await messaging.publish(note('m-igual'));
    await messaging.publish(note('m-final'));

    await eventually(() => expect(seen).toContain('m-final'));
    expect(seen).toEqual(['m-igual', 'm-final']);
  });

  it('un hecho adelantado vuelve cada 200 ms sin gastar intentos, aunque sean más de cinco veces', async () => {
    const { messaging, consume } = await start();
    const attempts: number[] = [];
    const at: number[] = [];
    consume(async (_data, delivery) => {
      attempts.push(delivery.attempt);
      at.push(performance.now());
      if (attempts.length <= 8) throw new OutOfOrderError('falta el anterior');
    });
    await messaging.publish(note('m-adelantado', 2));

    await eventually(async () => expect(await pendingOf()).toBe(0));
    expect(attempts).toEqual(Array(9).fill(1));
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(8 * 180);
    expect(await eye.deadLetters()).toEqual([]);
  });

  it('quien lleva su propio diario dice cuándo volver, y eso nunca acaba en carta muerta', async () => {
    const { messaging, consume } = await start();
    const at: number[] = [];
    consume(async () => {
      at.push(performance.now());
      if (at.length <= 7) throw new RetryLater(60, 'el diario dice que aún no');
    });
    await messaging.publish(note('m-diario', 3));

    await eventually(async () => expect(await pendingOf()).toBe(0));
    expect(at).toHaveLength(8);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(7 * 55);
    expect(await eye.deadLetters()).toEqual([]);
  });

  it('quien ha perdido el turno calla: el mensaje vuelve al acabar su plazo', async () => {
    const { messaging, consume } = await start(1_000);
    const at: number[] = [];
    consume(async () => {
      at.push(performance.now());
      if (at.length === 1) throw new FencedError('otro lo tiene');
    });
    await messaging.publish(note('m-vallado'));

    await eventually(async () => {
      expect(at).toHaveLength(2);
      expect(await pendingOf()).toBe(0);
    });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(900);
  });

  it('lo que tarda más que el plazo, atendido o esperando turno, no se entrega dos veces', async () => {
    const { messaging, consume } = await start(600);
    const seen: number[] = [];
    consume(
      async ({ n }) => {
        seen.push(n);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      },
      { concurrency: 1 },
    );
    for (const n of [1, 2, 3]) await messaging.publish(note(`m-lento-${n}`, n));

    await eventually(async () => expect(await pendingOf()).toBe(0), { withinMs: 15_000 });
    expect(seen).toEqual([1, 2, 3]);
  }, 30_000);

  it('ocho agregados avanzan a la vez y cada uno en su orden', async () => {
    const { messaging, consume } = await start();
    const seen = new Map<string, number[]>();
    const busy = new Set<string>();
    let overlaps = 0;
    let allAtWork: () => void = () => undefined;
    const eightAtWork = new Promise<void>((resolve) => {
      allAtWork = resolve;
    });
    consume(
      async (data) => {
        if (busy.has(data.about)) overlaps += 1;
        busy.add(data.about);
        if (busy.size === 8) allAtWork();
        // El primero de cada agregado espera a los otros siete: si no van a la vez, la prueba no acaba.
        if (data.n === 1) await eightAtWork;
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.set(data.about, [...(seen.get(data.about) ?? []), data.n]);
        busy.delete(data.about);
      },
      { concurrency: 8 },
    );
    for (let n = 1; n <= 25; n += 1) {
      for (let one = 1; one <= 8; one += 1) await messaging.publish(note(`m-${one}-${n}`, n, about(one)));
    }

    await eventually(async () => expect(await pendingOf()).toBe(0));
    const inOrder = Array.from({ length: 25 }, (_, index) => index + 1);
    expect([...seen.values()]).toEqual(Array(8).fill(inOrder));
    expect(overlaps).toBe(0);
  });

  describe('lo que espera de un agregado, de una vez', () => {
    /** El primero se queda en la mano hasta que se suelta; los demás esperan detrás. */
    async function behindTheFirst(
      most: number,
      {
        one = async () => undefined,
        all = async () => undefined,
      }: {
        one?: (received: Received<number>) => Promise<void>;
        all?: (received: readonly Received<number>[]) => Promise<void>;
      },
    ) {
      const { messaging, log, consume } = await start();
      const alone: number[] = [];
      const gone: (readonly number[])[] = [];
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const durable = 'juntos';
      consume(async () => undefined, {
        durable,
        concurrency: 4,
        ...together([reads(noted, ({ n }) => n)], {
          most,
          async one(received) {
            if (received.value === 1) await held;
            alone.push(received.value);
            await one(received);
          },
          async all(aggregateId, received) {
            expect(aggregateId).toBe(about(1));
            gone.push(received.map(({ value }) => value));
            await all(received);
          },
        }),
      });
      for (let n = 1; n <= 6; n += 1) await messaging.publish(note(`m-junto-${n}`, n));
      await eventually(async () =>
        expect((await eye.manager.consumers.info('EVENT', durable)).num_ack_pending).toBe(6),
      );
      return { messaging, log, alone, gone, release };
    }

    it('va en su orden, cuantos caben, y se da por hecho', async () => {
      const { log, alone, gone, release } = await behindTheFirst(3, {});
      release();

      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect([alone, gone]).toEqual([
        [1],
        [
          [2, 3, 4],
          [5, 6],
        ],
      ]);
      const handled = log.lines.filter(({ text }) => text === 'message handled');
      expect(handled).toHaveLength(6);
      expect(await eye.deadLetters()).toEqual([]);
    });

    it('si no puede ser, va cada uno por su lado, y lo que ya vino antes no arrastra a nadie', async () => {
      let tries = 0;
      const { alone, gone, release } = await behindTheFirst(16, {
        async all() {
          throw new Error('juntos no');
        },
        async one({ value, delivery }) {
          if (value === 3) throw new PermanentError('BROKEN', 'No.');
          if (value !== 5) return;
          tries += 1;
          expect(delivery.attempt).toBe(tries);
          if (tries === 1) throw new TransientError('BUSY', 'Busy.');
        },
      });
      release();

      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect(gone).toEqual([[2, 3, 4, 5, 6]]);
      expect(alone).toEqual([1, 2, 3, 4, 5, 6, 5]);
      expect(await eye.deadLetters()).toMatchObject([
        { messageId: 'm-junto-3', code: 'BROKEN', attempts: 1 },
      ]);
    });

    it('lo que no se sabe leer no se lleva por delante a los que van con él', async () => {
      const { messaging, alone, release } = await behindTheFirst(16, {});
      const { subject, envelope } = note('m-otra-version', 7);
      await messaging.publish({ subject, envelope: { ...envelope, version: 2 } });
      await eventually(async () =>
        expect((await eye.manager.consumers.info('EVENT', 'juntos')).num_ack_pending).toBe(7),
      );
      release();

      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect(alone).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await eye.deadLetters()).toMatchObject([
        { messageId: 'm-otra-version', code: 'UNKNOWN_VERSION' },
      ]);
    });
  });

  describe('lo que llega más veces de las que cabe fallar, sin que se sepa por qué', () => {
    const begun = 'farutech.begun.sospechoso.EVENT.1';

    /** Como si seis procesos hubieran muerto con él en la mano, los últimos `noted` mientras lo atendían a solas. */
    async function afterDeaths(messaging: Messaging, deaths: number): Promise<void> {
      await messaging.publish(note('m-mortal'));
      await eye.manager.consumers.add('EVENT', {
        durable_name: 'sospechoso',
        filter_subject: 'farutech.event.probe.>',
        ack_policy: 'explicit',
        deliver_policy: 'all',
        ack_wait: 30_000_000_000,
      });
      for (let delivery = 1; delivery <= 6; delivery += 1) await eye.takeAndReturn('EVENT', 'sospechoso');
      if (deaths > 0) await eye.publishRaw(begun, `${deaths}`);
    }
    const noteOf = () => eye.manager.streams.getMessage('BEGUN', { last_by_subj: begun });

    it('si además mató tres veces a quien lo atendía a solas, es carta muerta sin volver a abrirlo', async () => {
      const { messaging, consume } = await start();
      await afterDeaths(messaging, 3);
      const calls: string[] = [];
      consume(async (_data, { messageId }) => void calls.push(messageId), { durable: 'sospechoso' });

      await eventually(async () =>
        expect(await eye.deadLetters()).toMatchObject([
          { code: 'CONSUMER_KEEPS_DYING', messageId: 'm-mortal' },
        ]),
      );
      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect([calls, await noteOf()]).toEqual([[], null]);
    });

    it('quien solo iba en mala compañía se atiende, con intentos por delante, y no queda nada apuntado', async () => {
      const { messaging, consume } = await start();
      await afterDeaths(messaging, 2);
      const attempts: [number, boolean][] = [];
      const notes: (string | undefined)[] = [];
      consume(
        async (_data, delivery) => {
          attempts.push([delivery.attempt, delivery.lastAttempt]);
          notes.push((await noteOf())?.string());
          if (attempts.length === 1) throw new TransientError('BUSY', 'busy');
        },
        { durable: 'sospechoso' },
      );

      await eventually(async () => expect(await pendingOf()).toBe(0));
      expect(attempts).toEqual([
        [2, false],
        [3, false],
      ]);
      // Mientras se atiende consta; lo que este proceso ya vio fallar no necesita apuntarse.
      expect(notes).toEqual(['3', undefined]);
      expect([await noteOf(), await eye.deadLetters()]).toEqual([null, []]);
    });
  });

  it('mientras la base no contesta el mensaje se queda en la mano: ni se cuenta ni vuelve a llegar', async () => {
    const { messaging, log, consume } = await start();
    const attempts: number[] = [];
    const at: number[] = [];
    consume(async (_data, delivery) => {
      attempts.push(delivery.attempt);
      at.push(performance.now());
      if (attempts.length <= 6) throw new Error('Connection terminated unexpectedly');
    });
    await messaging.publish(note('m-sin-base'));

    await eventually(async () => expect(await pendingOf()).toBe(0), { withinMs: 15_000 });
    expect(attempts).toEqual(Array(7).fill(1));
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(5_900);
    expect(log.lines.filter(({ text }) => text.startsWith('the database does not answer'))).toHaveLength(1);
    expect(await eye.deadLetters()).toEqual([]);
  }, 30_000);

  it('al cerrar, lo empezado termina y lo que esperaba queda para otro', async () => {
    const { messaging, consume } = await start();
    const first: number[] = [];
    const running = consume(
      async ({ n }) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        first.push(n);
      },
      { durable: 'relevo', concurrency: 1 },
    );
    for (const n of [1, 2, 3]) await messaging.publish(note(`m-relevo-${n}`, n));
    await eventually(async () =>
      expect((await eye.manager.consumers.info('EVENT', 'relevo')).num_ack_pending).toBe(2),
    );
    await running.close();
    expect(first).toEqual([1]);

    const second: number[] = [];
    consume(async ({ n }) => void second.push(n), { durable: 'relevo' });

    await eventually(() => expect(second.toSorted()).toEqual([2, 3]), { withinMs: 1_500 });
  });
});
