/** Un objeto JSON cualquiera de los que guarda la API. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export interface Node {
  readonly [key: string]: Json;
}

export const isNode = (value: Json | undefined): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Las hojas, por su camino. Una lista es una hoja: quien la pone la pone entera. */
export function leavesOf(value: Node, at = ''): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  for (const [key, inner] of Object.entries(value)) {
    const path = `${at}.${key.replaceAll('.', '\\.')}`;
    if (isNode(inner)) for (const leaf of leavesOf(inner, path)) found.set(...leaf);
    else found.set(path, inner);
    if (isNode(inner) && Object.keys(inner).length === 0) found.set(path, inner);
  }
  return found;
}

const keysOf = (path: string): readonly string[] =>
  path.split(/(?<!\\)\./).flatMap((key) => (key === '' ? [] : [key.replaceAll('\\.', '.')]));

/** Pone una hoja; `undefined` la quita. */
export function withLeaf(node: Node, path: string, value: Json | undefined): Node {
  const [key, ...rest] = keysOf(path);
  return key === undefined ? node : set(node, key, rest, value);
}

function set(node: Node, key: string, rest: readonly string[], value: Json | undefined): Node {
  const [next, ...further] = rest;
  if (next !== undefined) {
    const inner = node[key];
    return { ...node, [key]: set(isNode(inner) ? inner : {}, next, further, value) };
  }
  const { [key]: _, ...others } = node;
  return value === undefined ? others : { ...others, [key]: value };
}

/** RFC 7386: un `null` quita. */
export function merged(base: Json | undefined, patch: Json): Json {
  if (!isNode(patch)) return patch;
  let result: Node = isNode(base) ? base : {};
  for (const [key, value] of Object.entries(patch)) {
    const { [key]: before, ...others } = result;
    result = value === null ? others : { ...others, [key]: merged(before, value) };
  }
  return result;
}

export const same = (one: Json | undefined, other: Json | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
