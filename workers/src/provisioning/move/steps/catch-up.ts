import type { Step } from '../../step.ts';
import { catchUpUntilClose } from '../catch-up.ts';
import { whileMoving } from '../move-run.ts';

export const catchUp: Step = {
  name: 'catch-up',
  observe: () => Promise.resolve('missing'),
  act: (run) =>
    whileMoving(run, async (move) => {
      run.note(`${await catchUpUntilClose(move)} changes were caught up with.`);
    }),
  async undo() {
    // El destino se quita entero en `prepare`.
  },
};
