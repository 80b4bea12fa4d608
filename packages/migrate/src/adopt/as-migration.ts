import { DbError } from '../errors/db-error.ts';
import { checksum } from '../files/normalize.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { parseSql, type Statement } from '../sql/parse.ts';

/** Statements in the form that the runner takes; `inSteps`: one by one, as those of a no-transaction migration. */
export function asMigration(texts: readonly string[], inSteps = true): ParsedMigration {
  const sql = texts.join(';\n');
  return {
    name: 'adopt',
    path: 'adoption',
    sql,
    checksum: checksum(sql),
    down: null,
    replaces: [],
    header: {
      noTransaction: inSteps,
      inBatches: false,
      irreversible: null,
      allow: {},
      contract: false,
      lockBudgetSeconds: null,
      afterBackfill: [],
      replaces: [],
    },
    statements: texts.flatMap(parsed),
  };
}

/** The statements of a text of ours. */
function parsed(text: string): readonly Statement[] {
  const result = parseSql(text);
  if (!result.ok)
    throw new DbError('DB_BUG', { why: `a statement of ours is no SQL: ${result.fault.message}\n${text}` });
  return result.statements;
}
