import { pause } from '@farutech/kernel/pause';
import type { MessagingLog } from '@farutech/messaging/log';
import { UnsettledChange } from '../use-cases/settle-next-change.ts';

/** Otra réplica pudo programar algo para antes: no se duerme más. Queda muy lejos de lo que desborda setTimeout. */
const longestWaitMs = 1_000;
/** Lo que tiene otra transacción se vuelve a mirar enseguida. */
const takenWaitMs = 20;
const atOnce = 4;

interface DueChangesParts {
  /** La hora de PostgreSQL, y cuándo toca o tocaba el primero de los que faltan. */
  look(): Promise<{ readonly now: Date; readonly next: Date | null }>;
  /** Su id, o undefined si no queda ninguno que esta réplica pueda tomar. */
  settleNext(now: Date, except: readonly string[]): Promise<string | undefined>;
  readonly log: MessagingLog;
}

/**
 * Lo que pasa solo, en su instante. Corre en cuantas réplicas haya, sin jefe: cada cambio es una fila que toma
 * una sola. La hora es siempre la de PostgreSQL, que se pregunta al despertar: un reloj local adelantado
 * despierta antes, mira y vuelve a dormirse.
 */
export function startDueChanges({ look, settleNext, log }: DueChangesParts): { close(): Promise<void> } {
  const stopping = new AbortController();

  /** Uno que falla no detiene a los demás: en esta vuelta no se vuelve a tomar. */
  async function settleAll(now: Date): Promise<{ done: number; failed: readonly string[] }> {
    const failed: string[] = [];
    let done = 0;
    const work = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        try {
          if ((await settleNext(now, failed)) === undefined) return;
          done += 1;
        } catch (error) {
          if (!(error instanceof UnsettledChange)) throw error;
          failed.push(error.changeId);
          log.error(
            { err: error.cause, changeId: error.changeId },
            'a scheduled change could not be settled',
          );
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { done, failed };
  }

  /** Lo que se puede dormir hasta volver a mirar. */
  async function pass(): Promise<number> {
    const { now, next } = await look();
    if (next === null) return longestWaitMs;
    if (next > now) return Math.min(longestWaitMs, Math.max(1, +next - +now));
    const { done, failed } = await settleAll(now);
    if (failed.length > 0) return longestWaitMs;
    return done > 0 ? 0 : takenWaitMs;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let waitMs = longestWaitMs;
      try {
        waitMs = await pass();
      } catch (error) {
        log.warn({ err: error }, 'scheduled changes could not be settled');
      }
      if (waitMs > 0) await pause(waitMs, stopping.signal);
    }
  }
  const running = run();

  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
