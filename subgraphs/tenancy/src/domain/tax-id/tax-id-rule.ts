/** Lo que un país dice de sus números fiscales. */
export interface TaxIdRule {
  /** De lo que deja `compactTaxId` a como lo escribe el país; `null` cuando no es ninguno. */
  normalise(compact: string): string | null;
  /** Para quien se equivocó, en inglés como toda la API: "a RUC of 11 digits, such as …". */
  readonly hint: string;
}
