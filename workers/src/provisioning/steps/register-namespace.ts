import type { Step } from '../step.ts';

/** Sin clúster configurado no hay nada que registrar, y se dice. */
export const registerNamespace: Step = {
  name: 'register-namespace',
  observe: async (run) => ({
    skip: `No Kubernetes cluster is configured: the namespace ${run.input.kubernetesNamespace} was not created.`,
  }),
  async act() {
    throw new TypeError('register-namespace se salta siempre: no hay clúster en el que actuar');
  },
  async undo() {
    // Nunca actúa.
  },
};
