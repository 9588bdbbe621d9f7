/** `count` vueltas repartidas entre unos cuantos que trabajan a la vez; cada uno abre lo suyo y toma la siguiente. */
export async function inLanes(
  lanes: number,
  count: number,
  work: (next: () => number | undefined) => Promise<void>,
): Promise<void> {
  let taken = 0;
  const next = (): number | undefined => {
    if (taken === count) return undefined;
    taken += 1;
    return taken;
  };
  await Promise.all(Array.from({ length: lanes }, () => work(next)));
}
