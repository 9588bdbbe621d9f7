import type { Step } from '../../step.ts';
import { notEqual } from '../move-back.ts';
import { whileMoving } from '../move-run.ts';
import { verify } from '../verify.ts';

/** Solo se cierra lo que se ha visto igual en los dos sitios. */
export const verifyMove: Step = {
  name: 'verify',
  observe: () => Promise.resolve('missing'),
  act: (run) =>
    whileMoving(run, async (move) => {
      const { rows, different } = await verify(move);
      if (different.length > 0) throw notEqual(different);
      run.note(`${rows} rows are the same in both databases.`);
    }),
  async undo() {
    // Solo mira.
  },
};
