/** A `T` that has passed the parser called `Name`; only that parser makes one. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
