import { quoteLiteral } from '../objects/quote.ts';
import { parseSql } from './parse.ts';
import { tokensOf } from './tokens.ts';

/** Whether a statement may use a value of an enum: as a text of its own, also within the body of a function, or as an element of an
 *  array that is written as one text. The grammar must be loaded. */
export function namesValue(statement: string, value: string): boolean {
  return statement.includes(quoteLiteral(value)) || arraysIn(statement).some((array) => hasElement(array, value));
}

/** Whether one of some statements adds a value to an enum that another one may use. The grammar must be loaded. */
export function usesNewValue(statements: readonly string[]): boolean {
  const added = statements.map(addedValue);
  return added.some(
    (value) => value !== null && statements.some((other, at) => added[at] === null && namesValue(other, value)),
  );
}

/** The value that a statement adds to an enum. NULL: none. */
function addedValue(text: string): string | null {
  const parsed = parseSql(text);
  const [statement] = parsed.ok ? parsed.statements : [];
  if (statement?.kind !== 'AlterEnumStmt' || statement.node['oldVal'] !== undefined) return null;
  const { newVal } = statement.node;
  return typeof newVal === 'string' ? newVal : null;
}

/** The constants that are written as arrays: `'{a,"b c"}'` → `a,"b c"`. */
function arraysIn(statement: string): readonly string[] {
  if (!statement.includes("'{")) return [];
  const texts = tokensOf(statement).map(({ text }) => text);
  return texts.filter((text) => /^'\{.*\}'$/s.test(text)).map((text) => text.slice(2, -2).replaceAll("''", "'"));
}

function hasElement(array: string, value: string): boolean {
  const elements = array.match(/"(?:[^"\\]|\\.)*"|[^",{}]+/gs) ?? [];
  return elements.some(
    (one) =>
      one
        .replace(/^"(.*)"$/s, '$1')
        .replaceAll(/\\(.)/gs, '$1')
        .trim() === value.trim(),
  );
}
