import ts from 'typescript';
import { parse } from './sources.ts';

export interface Comment {
  readonly line: number;
  readonly text: string;
  readonly audience: Audience;
}

/**
 * `public`: lo lee quien usa un paquete, porque va sobre algo que exporta o dentro de ello. `either`: sobre lo que
 * nadie importa por su nombre, pero está en la firma de lo exportado.
 */
type Audience = 'public' | 'either' | 'inside';

/** Órdenes a una herramienta, no frases. */
const directive = /^\s*(?:@ts-|biome-ignore|eslint-|#__PURE__|istanbul|v8 ignore|<reference|prettier-)/;

/** Los comentarios de un fichero TypeScript; las líneas `//` seguidas son una sola frase. */
export function commentsOf(file: string, text?: string): readonly Comment[] {
  const source = parse(file, text);
  const full = source.text;
  const isPackage = file.startsWith('packages/');
  const found = new Map<number, { end: number; text: string; audience: Audience; isLine: boolean }>();

  function note(range: ts.CommentRange, node: ts.Node): void {
    if (found.has(range.pos)) return;
    const raw = full.slice(range.pos, range.end);
    found.set(range.pos, {
      end: range.end,
      text: bare(raw),
      isLine: range.kind === ts.SyntaxKind.SingleLineCommentTrivia,
      audience: isPackage && raw.startsWith('/**') ? audienceOf(file, node) : 'inside',
    });
  }
  function visit(node: ts.Node): void {
    if (node.kind === ts.SyntaxKind.JsxText || ts.isJSDoc(node)) return;
    // El fichero y su lista de sentencias empiezan donde la primera: el comentario es de ella.
    const isWhole = ts.isSourceFile(node) || node.kind === ts.SyntaxKind.SyntaxList;
    if (!isWhole) for (const range of ts.getLeadingCommentRanges(full, node.pos) ?? []) note(range, node);
    for (const range of ts.getTrailingCommentRanges(full, node.end) ?? []) note(range, node);
    for (const child of node.getChildren(source)) visit(child);
  }
  visit(source);

  const ordered = [...found].toSorted(([a], [b]) => a - b).map(([pos, comment]) => ({ pos, ...comment }));
  return joinLines(ordered, full)
    .filter((comment) => !directive.test(comment.text))
    .map(({ pos, text: said, audience }) => ({
      line: source.getLineAndCharacterOfPosition(pos).line + 1,
      text: said,
      audience,
    }));
}

interface Found {
  readonly pos: number;
  readonly end: number;
  readonly text: string;
  readonly audience: Audience;
  readonly isLine: boolean;
}

function joinLines(comments: readonly Found[], full: string): Found[] {
  const joined: Found[] = [];
  for (const comment of comments) {
    const last = joined.at(-1);
    const follows = last?.isLine && comment.isLine && /^\s*$/.test(full.slice(last.end, comment.pos));
    if (last && follows) {
      joined[joined.length - 1] = { ...last, end: comment.end, text: `${last.text} ${comment.text}` };
    } else joined.push(comment);
  }
  return joined;
}

const bare = (raw: string): string =>
  raw
    .replace(/^\/\*\*?|\*\/$|^\/\/+/g, '')
    .replace(/^\s*\*\s?/gm, '')
    .trim();

function audienceOf(file: string, node: ts.Node): Audience {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (
      ts.canHaveModifiers(at) &&
      ts.getModifiers(at)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    ) {
      return 'public';
    }
    // Dentro de una función, o en lo privado de una clase, ya no lo lee quien la usa.
    if (ts.isBlock(at) || (ts.isClassElement(at) && isPrivate(at))) return 'inside';
    if (ts.isInterfaceDeclaration(at) || ts.isTypeAliasDeclaration(at)) return 'either';
  }
  // Las piezas que los contratos comparten se copian enteras a lo que exportan.
  return file.startsWith('packages/contracts/') ? 'either' : 'inside';
}

const isPrivate = (element: ts.ClassElement): boolean =>
  (element.name !== undefined && ts.isPrivateIdentifier(element.name)) ||
  (ts.getCombinedModifierFlags(element) & ts.ModifierFlags.Private) !== 0;

/** Comentarios de SQL, de Prisma, de make y de la consola; no los que escribe una herramienta. */
export function plainComments(text: string, mark: RegExp): readonly Comment[] {
  const found: Comment[] = [];
  let open = false;
  for (const [index, line] of text.split('\n').entries()) {
    const said = mark.exec(line)?.[1]?.trim();
    const isMade = said === undefined || /^(?:Create|Alter|Add|Drop|Rename)[A-Z]\w+$|^!/.test(said);
    const last = found.at(-1);
    if (!isMade && open && last !== undefined) {
      found[found.length - 1] = { ...last, text: `${last.text} ${said}` };
    } else if (!isMade) {
      found.push({ line: index + 1, text: said, audience: 'inside' });
    }
    open = !isMade;
  }
  return found;
}
