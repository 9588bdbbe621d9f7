import DataLoader from 'dataloader';
import type { PageRequest } from './views.ts';

/** Un cargador por página pedida: `instances(first: 3)` de cincuenta clientes es una sentencia. */
export function pagedLoader<Row>(
  read: (parents: readonly string[], page: PageRequest) => Promise<readonly Row[]>,
  parentOf: (row: Row) => string,
): (parent: string, page: PageRequest) => Promise<readonly Row[]> {
  const loaders = new Map<string, DataLoader<string, readonly Row[]>>();
  return (parent, page) => {
    const key = JSON.stringify(page);
    let loader = loaders.get(key);
    if (loader === undefined) {
      loader = new DataLoader(async (parents) => {
        const groups = groupBy(await read(parents, page), parentOf);
        return parents.map((one) => groups.get(one) ?? []);
      });
      loaders.set(key, loader);
    }
    return loader.load(parent);
  };
}

/** Filas por su clave, en el orden en que se piden; `null` donde no hay ninguna que se pueda ver. */
export const byKeyLoader = <Row>(
  read: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> =>
  new DataLoader(async (keys) => {
    const rows = new Map((await read(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });

export const countLoader = (
  read: (
    parents: readonly string[],
  ) => Promise<readonly { readonly parent: string; readonly count: number }[]>,
): DataLoader<string, number> =>
  new DataLoader(async (parents) => {
    const counts = new Map((await read(parents)).map(({ parent, count }) => [parent, count]));
    return parents.map((parent) => counts.get(parent) ?? 0);
  });

/** Map.groupBy llegó con Node 21; el suelo es 20.19. */
function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
