import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesUnder, importsOf, parse, productSources, read } from './sources.ts';

const linesOf = (file: string): number => read(file).trimEnd().split('\n').length;

describe('los tamaños', () => {
  it('ningún fichero del producto pasa de 300 líneas', () => {
    const long = productSources
      .filter((file) => linesOf(file) > 300)
      .map((file) => `${file}: ${linesOf(file)}`);

    expect(long).toEqual([]);
  });
});

/** Quien arma un proceso da los identificadores; los demás los reciben. */
const wiring = /\/(?:start|main)\.ts$|^workers\/src\/[^/]+\/worker\.ts$|^(?:local|packages\/cli)\//;
const pure = /^subgraphs\/[^/]+\/src\/(?:domain|use-cases)\//;

interface Call {
  readonly place: string;
  readonly text: string;
}

function callsIn(file: string, text?: string): readonly Call[] {
  const source = parse(file, text);
  const found: Call[] = [];
  function visit(node: ts.Node): void {
    const isNumeric = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.PlusToken;
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || isNumeric) {
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ place: `${file}:${line}`, text: node.getText(source) });
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return found;
}

const hidden =
  /^(?:new Date\(\)|Date\.now\(|Math\.random\(|performance\.now\(|(?:crypto\.)?randomUUID\(|process\.)/;
const money = /price|amount|total(?!Count)|subtotal|discount|importe|taxRate/i;
const toFloat = /^(?:(?:Number\.)?parseFloat|Number|parseInt)\(|^\+[^+]/;

describe('lo que se recibe en vez de tomarse', () => {
  it('los identificadores nacen donde se arma el proceso', () => {
    const guilty = productSources.filter((file) => !wiring.test(file) && importsOf(file).includes('uuid'));

    expect(guilty).toEqual([]);
  });

  it('ni el dominio ni los casos de uso miran el reloj, el azar o el proceso', () => {
    const files = productSources.filter((file) => pure.test(file));
    const guilty = files.flatMap((file) => callsIn(file).filter(({ text }) => hidden.test(text)));

    expect(files.length).toBeGreaterThan(60);
    expect(guilty).toEqual([]);
  });
});

describe('el dinero es decimal exacto', () => {
  it('ninguna base ni el SDL lo guardan en coma flotante', () => {
    const sql = [...filesUnder('prisma', /\.(?:sql|prisma)$/), ...filesUnder('products', /\.sql$/)];
    const floating = [
      ...sql.filter((file) =>
        /\b(?:double precision|real|float[48]?|money)\b/i.test(withoutComments(read(file))),
      ),
      ...filesUnder('subgraphs', /schema\.graphql$/).filter((file) => /:\s*\[?Float\b/.test(read(file))),
    ];

    expect(sql.length).toBeGreaterThan(8);
    expect(floating).toEqual([]);
  });

  it('ningún código convierte un precio o un importe en número', () => {
    const guilty = productSources.flatMap((file) => callsIn(file).filter(isMoneyAsFloat));

    expect(guilty).toEqual([]);
  });

  it('ningún contrato cuenta un importe como número', () => {
    const guilty = filesUnder('packages/contracts/src', /\.ts$/).flatMap((file) =>
      read(file)
        .split('\n')
        .filter((line) => money.test(line.split(':')[0] ?? '') && /:\s*z\.(?:number|int|float)/.test(line)),
    );

    expect(guilty).toEqual([]);
  });

  it.each([
    ['Number(plan.price)', true],
    ['parseFloat(invoice.totalAmount)', true],
    ['+line.amount', true],
    ['Number(row.totalCount)', false],
    ['Number(process.env.PORT)', false],
    ['parsePrice(plan.price)', false],
  ])('%s: %s', (code, expected) => {
    expect(callsIn('gateway/src/a.ts', `const a = ${code};`).some(isMoneyAsFloat)).toBe(expected);
  });
});

function isMoneyAsFloat({ text }: Call): boolean {
  return toFloat.test(text) && money.test(text);
}

function withoutComments(sql: string): string {
  return sql.replace(/--.*$|\/\/.*$/gm, '');
}
