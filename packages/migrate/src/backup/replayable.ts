import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { grammar, type Statement } from '../sql/parse.ts';
import { needsNoTransaction } from '../sql/transactional.ts';

/** The statements of a migration as they can run on an empty schema in one transaction with everything else: nothing is built
 *  concurrently where nobody else is, and what only tends to rows is left out. `instead`: what to run in place of some; NULL: nothing.
 *  The grammar must be loaded.
 *  @throws {DbError} DB_BACKUP_REPLAY */
export function replayable(
  { statements, path }: ParsedMigration,
  instead: ReadonlyMap<Statement, string | null> = new Map(),
): readonly string[] {
  return statements.flatMap((statement) => {
    const other = instead.get(statement);
    if (other !== undefined) return other ?? [];
    if (TENDING.has(statement.kind)) return [];
    if (!needsNoTransaction(statement)) return [statement.text];
    if (!CONCURRENT.has(statement.kind)) throw unfit(path, statement);
    return [withoutConcurrently(statement.text)];
  });
}

const TENDING = new Set(['VacuumStmt', 'ReindexStmt', 'ClusterStmt']);
const CONCURRENT = new Set(['IndexStmt', 'DropStmt', 'AlterTableStmt']);

/** By the grammar's tokens: the word may also stand in a comment, in a string, or in quotes as a name. */
function withoutConcurrently(text: string): string {
  const token = grammar()
    .scanSync(text)
    .tokens.find((one) => one.text.toUpperCase() === 'CONCURRENTLY');
  if (token === undefined) return text;
  const bytes = Buffer.from(text, 'utf8');
  return `${bytes.subarray(0, token.start).toString('utf8')}${bytes.subarray(token.end).toString('utf8')}`;
}

function unfit(path: string, statement: Statement): DbError {
  return new DbError('DB_BACKUP_REPLAY', {
    why: `a statement cannot run in one transaction with the others: ${statement.text.split('\n', 1)[0]}`,
    at: `${path}:${statement.line}`,
    changed: 'nothing was written',
  });
}
