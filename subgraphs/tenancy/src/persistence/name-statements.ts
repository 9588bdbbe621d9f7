/** Para pg, la sentencia de siempre: se planea en cada uso. */
const unnamed = '';

/**
 * Da un nombre a cada sentencia, siempre el mismo, y así se planea una vez por conexión y no en cada uso: aplicar un
 * hecho son doce. A partir de `max` distintas no se nombra ninguna más.
 */
export function nameStatements(max: number): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= max) return unnamed;
    const name = `tenancy-${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
