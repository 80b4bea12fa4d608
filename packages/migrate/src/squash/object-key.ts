import { type Statement, wholeNode } from '../sql/parse.ts';

/** Which function, trigger or comment a statement makes: equal for the same object, however it is written. NULL: another statement. */
export function objectKey(statement: Statement): string | null {
  const node = wholeNode(statement);
  switch (statement.kind) {
    case 'CreateFunctionStmt':
      return key(statement.kind, node['funcname'], argumentTypes(node['parameters']));
    case 'CreateTrigStmt':
      return key(statement.kind, node['relation'], node['trigname']);
    case 'CommentStmt':
      return key(statement.kind, node['objtype'], node['object']);
    default:
      return null;
  }
}

function key(...parts: readonly unknown[]): string {
  return JSON.stringify(parts, (name, value: unknown) => (PLACES.has(name) ? undefined : value));
}

const PLACES = new Set(['location', 'inh', 'relpersistence', 'typemod']);

/** Of the parameters that a call gives. */
function argumentTypes(parameters: unknown): readonly unknown[] {
  const list = Array.isArray(parameters) ? parameters : [];
  return list
    .map(
      (item: { readonly FunctionParameter?: { readonly mode?: string; readonly argType?: unknown } }) =>
        item.FunctionParameter,
    )
    .filter((parameter) => parameter?.mode !== 'FUNC_PARAM_TABLE' && parameter?.mode !== 'FUNC_PARAM_OUT')
    .map((parameter) => parameter?.argType);
}
