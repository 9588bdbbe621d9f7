import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { type Messaging, openMessaging } from './connection.ts';
import { on } from './consume.ts';
import { lookAt, note, noted, recordingLog } from './testing/messaging-probe.ts';

let nats: TestNats;
const open: Messaging[] = [];

beforeEach(async () => {
  nats = await startTestNats();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await nats.close();
});

function start() {
  const log = recordingLog();
  const messaging = openMessaging({ servers: nats.url, name: 'prueba', log, ackWaitMs: 2_000 });
  open.push(messaging);
  return { messaging, log };
}

const ready = (messaging: Messaging): Promise<void> =>
  eventually(() => messaging.check(), { withinMs: 15_000 });

function listen(messaging: Messaging, durable: string): { readonly seen: number[] } {
  const seen: number[] = [];
  messaging.consume({
    durable,
    stream: 'EVENT',
    filterSubject: 'farutech.event.probe.>',
    concurrency: 4,
    handlers: [on(noted, async ({ n }) => void seen.push(n))],
  });
  return { seen };
}

describe('conexión', () => {
  it('al conectar hace los cuatro streams, con sus plazos, y el de lo empezado', async () => {
    const { messaging } = start();
    await ready(messaging);
    const eye = await lookAt(nats.url);

    const streams = await eventually(async () => {
      const found = await eye.manager.streams.list().next();
      expect(found).toHaveLength(5);
      return found.filter(({ config }) => config.name !== 'BEGUN');
    });

    const dayNs = 86_400e9;
    expect(
      Object.fromEntries(
        streams.map(({ config }) => [config.name, [config.retention, config.max_age / dayNs]]),
      ),
    ).toEqual({ CMD: ['workqueue', 0], STATUS: ['limits', 7], EVENT: ['limits', 30], DLQ: ['limits', 90] });
    expect(streams.every(({ config }) => config.duplicate_window === 600e9)).toBe(true);
    await eye.close();
  });

  it('sin servidor arranca igual, lo dice, y trabaja en cuanto aparece', async () => {
    await nats.kill();
    const { messaging, log } = start();
    const { seen } = listen(messaging, 'temprano');
    await expect(messaging.check()).rejects.toMatchObject({ code: 'NATS_UNAVAILABLE' });
    await expect(messaging.publish(note('m-1'))).rejects.toMatchObject({ code: 'NATS_UNAVAILABLE' });
    await eventually(() =>
      expect(log.lines.map((line) => line.text)).toContain('NATS does not answer; trying on'),
    );

    await nats.start();
    await eventually(() => messaging.publish(note('m-1', 1)));

    await eventually(() => expect(seen).toEqual([1]));
  });

  it('matado y vuelto a levantar, consumidores y publicaciones siguen sin hacer nada', async () => {
    const { messaging } = start();
    const { seen } = listen(messaging, 'constante');
    await eventually(() => messaging.publish(note('m-1', 1)));
    await eventually(() => expect(seen).toEqual([1]));

    await nats.kill();
    await eventually(() => expect(messaging.publish(note('m-2', 2))).rejects.toThrow());
    await nats.start();
    await eventually(() => messaging.publish(note('m-3', 3)), { withinMs: 15_000 });

    // Puede volver a verse el 1: kill -9 pierde confirmaciones que el servidor aún no había escrito.
    await eventually(() => expect(seen).toContain(3), { withinMs: 15_000 });
  }, 40_000);

  it('con el almacén perdido vuelven los streams y los consumidores', async () => {
    const { messaging } = start();
    const { seen } = listen(messaging, 'renacido');
    await eventually(() => messaging.publish(note('m-1', 1)));
    await eventually(() => expect(seen).toEqual([1]));

    await nats.kill();
    await nats.wipe();
    await nats.start();
    await eventually(() => messaging.publish(note('m-2', 2)), { withinMs: 15_000 });

    await eventually(() => expect(seen).toEqual([1, 2]), { withinMs: 15_000 });
  }, 40_000);

  it('un stream o un consumidor borrados en caliente vuelven', async () => {
    const { messaging } = start();
    const { seen } = listen(messaging, 'borrado');
    await eventually(() => messaging.publish(note('m-1', 1)));
    await eventually(() => expect(seen).toEqual([1]));
    const eye = await lookAt(nats.url);

    await eye.manager.streams.delete('EVENT');
    await messaging.publish(note('m-2', 2));
    await eventually(() => expect(seen).toEqual([1, 2]), { withinMs: 20_000 });
    await eye.manager.consumers.delete('EVENT', 'borrado');
    await messaging.publish(note('m-3', 3));

    await eventually(() => expect(seen).toContain(3), { withinMs: 20_000 });
    await eye.close();
  }, 50_000);

  it('cerrar no espera a un servidor que acaba de morir, en cualquier momento en que muera', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { messaging, log } = start();
      listen(messaging, 'huerfano');
      await ready(messaging);
      // En las rondas impares el consumidor ya está pidiendo; en las pares, a medio hacer.
      if (round % 2 === 1)
        await eventually(() => expect(log.lines.map((line) => line.text)).toContain('consuming'));
      await nats.kill();
      const startedAt = performance.now();

      await messaging.close();

      expect(performance.now() - startedAt).toBeLessThan(2_500);
      await nats.start();
    }
  }, 40_000);
});

describe('pregunta y respuesta', () => {
  it('contesta una sola de las réplicas, también a lo que se registró antes de conectar', async () => {
    const [asker, one, two] = [start(), start(), start()];
    const answered: string[] = [];
    for (const [name, { messaging }] of [
      ['uno', one],
      ['dos', two],
    ] as const) {
      messaging.reply('farutech.ask.probe', async (data) => {
        answered.push(name);
        return { echo: data };
      });
    }

    const reply = await eventually(() =>
      asker.messaging.request('farutech.ask.probe', { planCode: 'VET' }, { timeoutMs: 2_000 }),
    );

    expect(reply).toEqual({ echo: { planCode: 'VET' } });
    expect(answered).toHaveLength(1);
  });

  it('sin nadie, con quien falla o con quien tarda es UNAVAILABLE, y el fallo queda registrado donde ocurrió', async () => {
    const [asker, answerer] = [start(), start()];
    await ready(asker.messaging);
    const ask = (subject: string) => asker.messaging.request(subject, {}, { timeoutMs: 300 });
    await expect(ask('farutech.ask.nobody')).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    answerer.messaging.reply('farutech.ask.failing', async () => {
      throw new Error('no puedo');
    });
    answerer.messaging.reply('farutech.ask.slow', () => new Promise((resolve) => setTimeout(resolve, 700)));
    await eventually(async () => {
      await expect(ask('farutech.ask.failing')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(answerer.log.lines.map((line) => line.text)).toContain('question could not be answered');
    });
    await expect(ask('farutech.ask.slow')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('seguir', () => {
  it('todo proceso ve lo que ocurre, y con las filas leídas en cada hueco no le falta nada ni perdiendo el almacén', async () => {
    const { messaging } = start();
    const rows: number[] = [];
    const happen = async (n: number): Promise<void> => {
      rows.push(n);
      await eventually(() => messaging.publish(note(`m-${n}`, n)), { withinMs: 15_000 });
    };
    await happen(0);
    const followers = [start(), start()].map(({ messaging: follower }) => {
      const told: number[] = [];
      const known = new Set<number>();
      const figures = { gaps: 0 };
      follower.follow({
        stream: 'EVENT',
        filterSubject: 'farutech.event.probe.>',
        handlers: [
          on(noted, async ({ n }) => {
            told.push(n);
            known.add(n);
          }),
        ],
        onGap: () => {
          figures.gaps += 1;
          for (const n of rows) known.add(n);
        },
      });
      return { told, known, figures };
    });
    await eventually(() => expect(followers.every((one) => one.figures.gaps > 0)).toBe(true));

    for (const n of [1, 2, 3]) await happen(n);
    // Lo de antes de empezar no se cuenta, y lo de después llega a los dos, en orden.
    await eventually(() =>
      expect(followers.map((one) => one.told)).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ]),
    );
    const gapsBefore = followers.map((one) => one.figures.gaps);
    await nats.kill();
    await nats.wipe();
    await nats.start();
    for (const n of [4, 5, 6]) await happen(n);

    await eventually(() => expect(followers.map((one) => [...one.known].sort())).toEqual([rows, rows]), {
      withinMs: 15_000,
    });
    for (const [index, one] of followers.entries()) {
      expect(one.figures.gaps).toBeGreaterThan(gapsBefore[index] ?? 0);
    }
  }, 40_000);
});
