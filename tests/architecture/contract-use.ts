import ts from 'typescript';
import { parse, productSources } from './sources.ts';

/** Quién cuenta o atiende un contrato, y con qué filtro escucha. */
export interface Use {
  readonly contract: string;
  readonly owner: string;
  readonly file: string;
  /** Solo de quien atiende: los asuntos que su consumidor pide. */
  readonly filters: readonly string[];
}

export interface Uses {
  readonly told: readonly Use[];
  readonly handled: readonly Use[];
}

/** El dueño de un fichero, como lo nombra la tabla: el subgrafo, el trabajador o el paquete. */
const ownerOf = (file: string): string =>
  /^workers\/src\/([^/]+)\//.exec(file)?.[1] ??
  /^(?:subgraphs|packages)\/([^/]+)/.exec(file)?.[1] ??
  file.split('/')[0] ??
  file;

/** Los nombres que un fichero importa de contracts, con el nombre que allí tienen. */
function contractNames(source: ts.SourceFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const bindings = statement.importClause?.namedBindings;
    if (!from.startsWith('@farutech/contracts/') || !bindings || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements) {
      names.set(name.text, propertyName?.text ?? name.text);
    }
  }
  return names;
}

const callees: Readonly<Record<string, keyof Uses>> = { tell: 'told', on: 'handled', reads: 'handled' };

export function usesIn(file: string, text?: string): Uses {
  const source = parse(file, text);
  const contracts = contractNames(source);
  const found = { told: [] as Use[], handled: [] as Use[] };
  const filters: string[] = [];
  const owner = ownerOf(file);

  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const list = callees[node.expression.text];
      const [subject] = node.arguments;
      if (list !== undefined && subject !== undefined) {
        for (const contract of named(subject)) found[list].push({ contract, owner, file, filters });
      }
    }
    if (ts.isPropertyAssignment(node) && /^(?:filterSubject|subject)$/.test(node.name.getText(source))) {
      filters.push(
        node.initializer
          .getText(source)
          .slice(1, -1)
          .replace(/\$\{[^}]*\}/g, '*'),
      );
    }
    ts.forEachChild(node, visit);
  }
  // También `tell(activa ? uno : otro, …)` y `tell(hechoDe[estado], …)` con la tabla en el mismo fichero.
  function named(node: ts.Node): readonly string[] {
    if (ts.isIdentifier(node)) {
      const contract = contracts.get(node.text);
      return contract === undefined ? [] : [contract];
    }
    if (ts.isElementAccessExpression(node) && ts.isIdentifier(node.expression))
      return table(node.expression.text);
    return node.getChildren(source).flatMap(named);
  }
  function table(name: string): readonly string[] {
    for (const statement of source.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) {
        if (declaration.name.getText(source) === name && declaration.initializer) {
          return named(declaration.initializer);
        }
      }
    }
    return [];
  }
  visit(source);
  return found;
}

/** Vuelve a contar el presente de otros a quien lo perdió: no lo hace dueño de esos hechos. */
const retelling = /\/retell\.ts$/;

export function allUses(): Uses {
  const all = productSources
    .filter((file) => !file.startsWith('packages/contracts/'))
    .map((file) => usesIn(file));
  return {
    told: all.flatMap(({ told }) => told).filter(({ file }) => !retelling.test(file)),
    handled: all.flatMap(({ handled }) => handled),
  };
}

/** Un asunto cabe en un filtro de NATS: `*` es un trozo, `>` todo lo que quede. */
export function covers(filter: string, subject: string): boolean {
  const [wanted, given] = [filter.split('.'), subject.split('.')];
  const tail = wanted.indexOf('>');
  if (tail === -1 && wanted.length !== given.length) return false;
  if (tail !== -1 && given.length <= tail) return false;
  return wanted
    .slice(0, tail === -1 ? undefined : tail)
    .every((token, index) => token === '*' || token === given[index]);
}
