/** Algo de esta máquina impide arrancar. El texto es una línea que dice qué, y qué hacer. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
