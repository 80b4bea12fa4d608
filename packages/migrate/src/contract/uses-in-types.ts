import type * as TypeScript from 'typescript-5';
import type { Named } from './declared.ts';
import type { SourceProgram } from './source-program.ts';
import { type Declaration, declarationsOf } from './table-declarations.ts';
import { wholeRowUse } from './whole-row-use.ts';

export interface NodeUse {
  readonly node: TypeScript.Node;
  readonly use: string;
}

/** What asks the compiler about one thing that is taken away. */
export interface Inquiry {
  readonly program: SourceProgram;
  readonly taken: Named;
  /** True for a word that stands for the table, whatever it was imported as. */
  isTable(node: TypeScript.Node): boolean;
  /** False for a file in which the table's name stands for another table. */
  maySpeakOf(file: TypeScript.SourceFile): boolean;
}

/** Where typed code names a table or column: through drizzle's table, in rows, conditions and values, by whatever name it was imported. */
export function usesInTypes(program: SourceProgram, taken: Named): readonly NodeUse[] {
  const { ts, files } = program;
  const declarations = declarationsOf(program, taken);
  const inquiry = inquire(program, taken, declarations);
  const words = [...taken.exports, ...taken.keys];
  const found: NodeUse[] = taken.column === null ? [] : declaredColumns(taken, declarations);
  const visit = (node: TypeScript.Node): void => {
    const use = taken.column === null ? tableUse(inquiry, node) : columnUse(inquiry, declarations, node);
    if (use !== null) found.push({ node, use });
    ts.forEachChild(node, visit);
  };
  for (const file of files) if (words.some((word) => file.text.includes(word))) visit(file);
  return found;
}

function inquire(program: SourceProgram, taken: Named, declarations: readonly Declaration[]): Inquiry {
  const { ts, checker } = program;
  const symbols = new Set(declarations.map(({ symbol }) => symbol));
  const isTable = (node: TypeScript.Node): boolean => {
    const word = ts.isPropertyAccessExpression(node) ? node.name : node;
    if (!ts.isIdentifier(word)) return false;
    const symbol = ts.isShorthandPropertyAssignment(word.parent)
      ? checker.getShorthandAssignmentValueSymbol(word.parent)
      : checker.getSymbolAtLocation(word);
    if (symbol === undefined) return false;
    return symbols.has(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  };
  const known = new Map<TypeScript.SourceFile, boolean>();
  const maySpeakOf = (file: TypeScript.SourceFile): boolean => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const words = wordsOf(program, file, taken.exports);
    const may = words.some(isTable) || (words.length === 0 && taken.exports.some((name) => file.text.includes(name)));
    known.set(file, may);
    return may;
  };
  return { program, taken, isTable, maySpeakOf };
}

/** The places of a file where one of some names stands for a variable. */
function wordsOf({ ts }: SourceProgram, file: TypeScript.SourceFile, names: readonly string[]): TypeScript.Node[] {
  const found: TypeScript.Node[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isIdentifier(node) && names.includes(node.text)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function declaredColumns({ column }: Named, declarations: readonly Declaration[]): NodeUse[] {
  const use = `the schema declares ${column}: select(), findMany() and inserts name every declared column`;
  return declarations.flatMap(({ column: node }) => (node === null ? [] : [{ node, use }]));
}

function tableUse({ program: { ts }, taken, isTable }: Inquiry, node: TypeScript.Node): string | null {
  if (!ts.isIdentifier(node)) return null;
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return null;
  if (isTable(node) && !(ts.isVariableDeclaration(parent) && parent.name === node)) return `${node.text} is used`;
  const isQuery =
    taken.exports.includes(node.text) &&
    ts.isPropertyAccessExpression(parent) &&
    parent.name === node &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === 'query';
  return isQuery ? `query.${node.text} reads it` : null;
}

function columnUse(inquiry: Inquiry, declarations: readonly Declaration[], node: TypeScript.Node): string | null {
  const { program, taken } = inquiry;
  const { ts } = program;
  if (taken.isDeclared && ts.isCallExpression(node)) return wholeRowUse(inquiry, node);
  if (!(ts.isIdentifier(node) || ts.isStringLiteral(node)) || !taken.keys.includes(node.text)) return null;
  if (declarations.some(({ column }) => column === node.parent)) return null;
  const owner = ownerOf(program, node);
  if (owner === null) return null;
  if (owner.expression !== undefined && inquiry.isTable(owner.expression)) return `names the column as .${node.text}`;
  const property = owner.type?.getProperty(node.text);
  // No type has it: code that was left behind, and does not compile.
  if (property === undefined)
    return !taken.isDeclared && inquiry.maySpeakOf(node.getSourceFile())
      ? `names ${node.text}, which is declared no more`
      : null;
  // A row's type may be made of the table's in ways that lose where it came from: then a table that is named nearby decides.
  const places = property.declarations ?? [];
  const isOurs =
    places.length === 0
      ? inquiry.maySpeakOf(node.getSourceFile())
      : places.some((place) => declarations.some(({ column }) => column === place));
  return isOurs ? `reads or writes ${node.text}` : null;
}

interface Owner {
  readonly expression?: TypeScript.Expression;
  readonly type: TypeScript.Type | undefined;
}

/** Of what a word is a property. NULL: it is none. */
function ownerOf({ ts, checker }: SourceProgram, word: TypeScript.Identifier | TypeScript.StringLiteral): Owner | null {
  const { parent } = word;
  if (ts.isPropertyAccessExpression(parent) && parent.name === word)
    return { expression: parent.expression, type: checker.getTypeAtLocation(parent.expression) };
  if (ts.isElementAccessExpression(parent) && parent.argumentExpression === word)
    return { expression: parent.expression, type: checker.getTypeAtLocation(parent.expression) };
  const isKey = (ts.isPropertyAssignment(parent) && parent.name === word) || ts.isShorthandPropertyAssignment(parent);
  if (isKey && ts.isObjectLiteralExpression(parent.parent)) {
    const type = checker.getContextualType(parent.parent);
    return { type: type === undefined ? undefined : checker.getNonNullableType(type) };
  }
  if (
    ts.isBindingElement(parent) &&
    (parent.propertyName ?? parent.name) === word &&
    ts.isObjectBindingPattern(parent.parent)
  )
    return { type: checker.getTypeAtLocation(parent.parent) };
  return null;
}
