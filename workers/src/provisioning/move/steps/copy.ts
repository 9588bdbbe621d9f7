import type { Step } from '../../step.ts';
import { copyTenant } from '../copy.ts';
import { whileMoving } from '../move-run.ts';

export const copy: Step = {
  name: 'copy',
  observe: () => Promise.resolve('missing'),
  act: (run) =>
    whileMoving(run, async (move) => {
      run.note(`${await copyTenant(move)} rows were copied.`);
    }),
  async undo() {
    // El destino se quita entero en `prepare`.
  },
};
