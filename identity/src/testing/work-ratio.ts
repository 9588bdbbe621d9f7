/**
 * Cuánto trabajo cuesta rechazar lo desconocido, en proporción a lo conocido. Se mide en tiempo de procesador y no
 * en el del reloj, que con la máquina ocupada va de 0,67 a 1,42: así da de 0,88 a 1,02, y sin el señuelo, 0,18.
 * El servicio y la prueba son el mismo proceso, y se toma el mínimo de ocho vueltas.
 */
export async function workRatio(
  unknown: () => Promise<unknown>,
  known: () => Promise<unknown>,
): Promise<number> {
  let leastUnknown = Number.POSITIVE_INFINITY;
  let leastKnown = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 8; round += 1) {
    leastUnknown = Math.min(leastUnknown, await workOf(unknown));
    leastKnown = Math.min(leastKnown, await workOf(known));
  }
  return leastUnknown / leastKnown;
}

async function workOf(action: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
