import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  type ValidationRule,
  validate,
} from 'graphql';

const maxDocuments = 1_000;
/** Uno enorme no se repite: recordarlo solo serviría para llenar la memoria con mil de ellos. */
export const worthKeeping = (text: string): boolean => text.length <= 16_384;

export interface CheckedDocument {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

/**
 * Los documentos ya leídos y validados, por su texto. En una tormenta de reconexiones llegan miles iguales, y
 * validar cada uno costaría más que servirlo. Es de un esquema: al recargar se empieza otra.
 */
export class DocumentCache {
  readonly #known = new Map<string, CheckedDocument>();

  constructor(
    readonly schema: GraphQLSchema,
    private readonly rules: readonly ValidationRule[],
  ) {}

  get(text: string): CheckedDocument | undefined {
    return this.#known.get(text);
  }

  check(text: string, document: DocumentNode): CheckedDocument {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const checked = { document, errors: validate(this.schema, document, this.rules) };
    if (!worthKeeping(text)) return checked;
    if (this.#known.size >= maxDocuments) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(text, checked);
    return checked;
  }
}
