/** Ends a `switch` over a union: adding a member to the union makes the call stop compiling. */
export function unreachable(value: never): never {
  throw new TypeError(`valor imposible: ${String(value)}`);
}
