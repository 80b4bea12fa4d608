import type * as TypeScript from 'typescript-5';
import type { Named } from './declared.ts';
import type { SourceProgram } from './source-program.ts';

/** Where the schema declares a table. */
export interface Declaration {
  readonly symbol: TypeScript.Symbol;
  /** The property of the column that is taken away. NULL: it is not declared. */
  readonly column: TypeScript.Node | null;
}

/** The constants that are a table or view, by their names and by the name that they give PostgreSQL. */
export function declarationsOf(
  program: SourceProgram,
  { exports, schema, table, keys }: Named,
): readonly Declaration[] {
  const { ts, checker, files } = program;
  const found: Declaration[] = [];
  for (const file of files) {
    if (!exports.some((name) => file.text.includes(name)) || !file.text.includes(table)) continue;
    for (const declaration of file.statements.filter(ts.isVariableStatement).flatMap(declarationsIn)) {
      const { name, initializer } = declaration;
      if (!ts.isIdentifier(name) || !exports.includes(name.text) || initializer === undefined) continue;
      if (!isOf(program, initializer, schema, table)) continue;
      const symbol = checker.getSymbolAtLocation(name);
      if (symbol !== undefined) found.push({ symbol, column: columnIn(program, initializer, keys) });
    }
  }
  return found;
}

const declarationsIn = ({ declarationList }: TypeScript.VariableStatement) => declarationList.declarations;

/** Whether a call makes the table. Tables of two schemas may have one name: then the schema that it is called on decides. */
function isOf(program: SourceProgram, initializer: TypeScript.Expression, schema: string, table: string): boolean {
  const { ts } = program;
  let call = initializer;
  while (ts.isCallExpression(call) || ts.isPropertyAccessExpression(call)) {
    const [first] = ts.isCallExpression(call) ? call.arguments : [];
    if (first !== undefined && ts.isStringLiteralLike(first) && first.text === table) break;
    call = call.expression;
  }
  if (!ts.isCallExpression(call)) return false;
  const callee = call.expression;
  const owner = ts.isPropertyAccessExpression(callee) ? schemaOf(program, callee.expression) : undefined;
  return owner === undefined || owner === schema;
}

/** The name in `pgSchema('name')`. Undefined: it cannot be seen. */
function schemaOf({ ts, checker }: SourceProgram, node: TypeScript.Expression): string | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  if (symbol === undefined) return undefined;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  const { initializer } = declaration;
  if (initializer === undefined || !ts.isCallExpression(initializer)) return undefined;
  const [first] = initializer.arguments;
  return first !== undefined && ts.isStringLiteralLike(first) ? first.text : undefined;
}

/** The property of a column among those that the call is given. */
function columnIn(
  { ts }: SourceProgram,
  initializer: TypeScript.Expression,
  keys: readonly string[],
): TypeScript.Node | null {
  let found: TypeScript.Node | null = null;
  const visit = (node: TypeScript.Node): void => {
    const isColumn =
      ts.isPropertyAssignment(node) &&
      (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)) &&
      keys.includes(node.name.text) &&
      ts.isObjectLiteralExpression(node.parent) &&
      ts.isCallExpression(node.parent.parent);
    if (isColumn) found ??= node;
    else ts.forEachChild(node, visit);
  };
  visit(initializer);
  return found;
}
