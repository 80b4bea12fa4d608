/** Where a tool that keeps both ways in one file begins the way back: dbmate, goose, node-pg-migrate, sql-migrate. */
const DOWN = /^--\s*(?:migrate:down|\+goose\s+down|\+migrate\s+down|down migration)\b.*$/im;

/** How the same tools, and Flyway, say that a file runs outside a transaction. */
const ALONE =
  /^--\s*(?:migrate:up\b.*\btransaction:\s*false|\+goose\s+no\s+transaction|\+migrate\s+up\b.*\bnotransaction|executeintransaction=false)/im;

/** The way up of a file of another tool. Lines keep their numbers. */
export function upPart(text: string): { readonly sql: string; readonly noTransaction: boolean } {
  const down = DOWN.exec(text);
  return { sql: down === null ? text : text.slice(0, down.index), noTransaction: ALONE.test(text) };
}

/** Files that undo, by the names that tools give them: `down.sql`, `….down.sql`, `….undo.sql`, Flyway's `U2__….sql`. */
export function isWayBack(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return /(^|[._-])(down|undo|rollback|revert)\.sql$/i.test(name) || /^U[\d._]+__/.test(name);
}

/** The order in which tools run files: by their names, numbers by their value. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
