import { inject } from 'vitest';
import { type StackView, viewStack } from './stack.ts';

export const sharedStack = (): StackView => {
  const { dataDir, env } = inject('sharedStack');
  return viewStack(dataDir, env);
};
