/** Statements in an order in which each default finds its type: the library writes a default ahead of the type that it is of, of a value
 *  that this type is to get, or of the column's change to it. Pure. */
export function defaultsBehindTypes<S extends { readonly sql: string }>(statements: readonly S[]): readonly S[] {
  const late = statements.map(({ sql }, at) => {
    const made = DEFAULT.exec(sql);
    return made === null ? -1 : statements.findLastIndex((other, place) => place > at && isNeeded(other.sql, made));
  });
  return statements.flatMap((statement, at) => {
    if ((late[at] ?? -1) >= 0) return [];
    const behind = statements.filter((_, place) => late[place] === at);
    return [statement, ...behind.filter(({ sql }, place) => behind.findIndex((one) => one.sql === sql) === place)];
  });
}

/** The column, and its default. */
const DEFAULT = /^(ALTER TABLE .+? ALTER COLUMN (?:"(?:[^"]|"")+"|\S+)) SET DEFAULT (.+)$/s;
const MADE = /^(?:CREATE TYPE (.+?) AS ENUM\b|ALTER TYPE (.+?) ADD VALUE\b)/s;

function isNeeded(sql: string, [, column = '', value = '']: RegExpExecArray): boolean {
  if (sql.startsWith(`${column} TYPE `)) return true;
  const [, created, extended] = MADE.exec(sql) ?? [];
  const type = created ?? extended;
  return type !== undefined && value.includes(`::${type.replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1')}`);
}
