import type { Step } from '../../step.ts';
import { isHome, readGate } from '../gate.ts';
import { takenMove } from '../move-run.ts';
import { stopLogging } from '../settle.ts';

/** Desde aquí se anota qué filas cambian: lo que se copie después puede ponerse al día. */
export const logChanges: Step = {
  name: 'log',
  observe: () => Promise.resolve('missing'),
  async act(run) {
    await takenMove(run);
  },
  async undo(run) {
    const client = await run.home();
    const { instanceId } = run.input;
    if (isHome(await readGate(client, instanceId))) await stopLogging(client, instanceId);
  },
};
