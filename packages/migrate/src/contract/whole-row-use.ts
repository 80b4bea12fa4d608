import type * as TypeScript from 'typescript-5';
import type { Compiler } from './source-program.ts';
import type { Inquiry } from './uses-in-types.ts';

/** How a call reads or writes whole rows of the table, which names every declared column in the SQL. NULL: it does not. */
export function wholeRowUse(inquiry: Inquiry, call: TypeScript.CallExpression): string | null {
  const { program, isTable, taken } = inquiry;
  const { ts } = program;
  const [first] = call.arguments;
  const callee = call.expression;
  if (ts.isIdentifier(callee))
    return first !== undefined && isTable(first) && WHOLE.has(callee.text)
      ? `${callee.text}() takes every column`
      : null;
  if (!ts.isPropertyAccessExpression(callee)) return null;
  const method = callee.name.text;
  const inner = callee.expression;
  switch (method) {
    case 'from':
      return first !== undefined && isTable(first) && isBare(ts, inner, ['select', 'selectDistinct'])
        ? 'select() reads every declared column'
        : null;
    case 'insert':
      return first !== undefined && isTable(first) ? 'an insert names every declared column' : null;
    case 'returning':
      return call.arguments.length === 0 && changes(inquiry, inner) ? 'returning() reads every declared column' : null;
    case 'findMany':
    case 'findFirst':
      return ts.isPropertyAccessExpression(inner) &&
        taken.exports.includes(inner.name.text) &&
        !choosesColumns(ts, first)
        ? `${method}() reads every declared column`
        : null;
    default:
      return null;
  }
}

const WHOLE = new Set([
  'getColumns',
  'getTableColumns',
  'createSelectSchema',
  'createInsertSchema',
  'insertMany',
  'paginate',
]);

function isBare(ts: Compiler, node: TypeScript.Expression, methods: readonly string[]): boolean {
  return (
    ts.isCallExpression(node) &&
    node.arguments.length === 0 &&
    ts.isPropertyAccessExpression(node.expression) &&
    methods.includes(node.expression.name.text)
  );
}

/** Whether a chain of calls began with an insert, update or delete of the table. */
function changes({ program: { ts }, isTable }: Inquiry, chain: TypeScript.Expression): boolean {
  for (let node = chain; ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression); ) {
    const [first] = node.arguments;
    const { name } = node.expression;
    if (['insert', 'update', 'delete'].includes(name.text)) return first !== undefined && isTable(first);
    node = node.expression.expression;
  }
  return false;
}

function choosesColumns(ts: Compiler, options: TypeScript.Expression | undefined): boolean {
  return (
    options !== undefined &&
    ts.isObjectLiteralExpression(options) &&
    options.properties.some((property) => property.name !== undefined && property.name.getText() === 'columns')
  );
}
