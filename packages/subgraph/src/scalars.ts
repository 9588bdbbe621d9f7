import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON } from 'graphql-scalars';

/** An instant. Goes out as RFC 3339 in UTC with milliseconds; comes in with any offset. A `Date` inside. */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'An instant, RFC 3339: "2026-01-31T15:04:05.000Z". Always in UTC on the way out.',
  extensions: {},
});

/** Veinte cifras antes y diez después del punto caben con holgura en cualquier importe y en numeric de PostgreSQL. */
const decimalForm = /^-?\d{1,20}(\.\d{1,10})?$/;

/** `node`: el literal del documento, para que el error diga dónde está. */
function parseDecimal(raw: unknown, node?: ValueNode): string {
  if (typeof raw === 'string' && decimalForm.test(raw)) return raw;
  throw new GraphQLError(
    'Decimal must be a string such as "49.90": at most 20 digits, a point and 10 digits.',
    node === undefined ? {} : { nodes: [node] },
  );
}

/** An exact decimal in a string. Anything with a fitting `toFixed()` or `toString()` goes out (decimal.js does). */
export const Decimal = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number in a string: "49.90". Never a float.',
  serialize(value) {
    // Sin argumento, el toFixed de decimal.js no redondea ni usa exponente; el de number sí redondea: se rechaza.
    const isDecimal = typeof value === 'object' && value !== null && 'toFixed' in value;
    return parseDecimal(isDecimal && typeof value.toFixed === 'function' ? value.toFixed() : value);
  },
  parseValue: (raw) => parseDecimal(raw),
  parseLiteral: (node) => parseDecimal(node.kind === Kind.STRING ? node.value : undefined, node),
});

/** Any JSON value. */
export const Json = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Any JSON value.',
  specifiedByURL: null,
  extensions: {},
});
