import type { Place } from './place.ts';

interface Documented {
  readonly help: string;
}
/** `--search <text>`. With `oneOf`, in capitals or not, one of those. */
export interface TextOption extends Documented {
  readonly kind: 'text';
  /** What stands between the angle brackets of the usage line. */
  readonly value: string;
  readonly oneOf?: readonly string[];
}
/** `--limit 20`: a whole number from 1, or from what `from` says. */
export interface CountOption extends Documented {
  readonly kind: 'count';
  readonly value: string;
  readonly from?: 0;
}
/** `--dry-run` */
interface FlagOption extends Documented {
  readonly kind: 'flag';
}
export type Option = TextOption | CountOption | FlagOption;
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends FlagOption
  ? boolean
  : (O extends CountOption ? number : string) | undefined;
export type Given<O extends Options> = { readonly [Name in keyof O]: ValueOf<O[Name]> };

/** Lo que recibe cada ejecución. */
interface Call<O extends Options> {
  readonly options: Given<O>;
  /** Tantas como declara el verbo. */
  readonly words: readonly string[];
  readonly place: Place;
  /** Una línea para quien espera, en la salida de errores: nunca es parte de la respuesta. */
  note(line: string): void;
}

/** La respuesta de una orden, para personas y para programas. */
interface Report {
  readonly text: string;
  /** Lo que escribe `--json`. */
  readonly data: unknown;
  /** Es la respuesta, y aun así sale con 1: lo que se miraba no está bien. */
  readonly failed?: boolean;
}

export interface Example {
  /** Without the `./farutech` in front. */
  readonly command: string;
  readonly means: string;
}

export interface Verb<O extends Options = Options> {
  readonly name: string;
  /** One line that begins with a verb. */
  readonly summary: string;
  /** Words that must follow the verb: `['folder']`. */
  readonly words: readonly string[];
  readonly options: O;
  readonly examples: readonly Example[];
  run(call: Call<O>): Promise<Report>;
}

export interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly Verb[];
  /** What the noun does when no verb follows it; without one it shows its help. */
  readonly alone?: Verb;
}

/** A verb whose `run` sees the options that it declares, each with its own type. */
export const verb = <const O extends Options>(definition: Verb<O>): Verb => definition;
