import { parseSql, type Statement } from '../sql/parse.ts';
import { type LintFinding, lintFiles } from './lint-files.ts';
import type { LintFile } from './rule.ts';

/** A file that is not written yet. */
export interface DraftToLint {
  /** As findings name it. */
  readonly name: string;
  /** Without semicolons. */
  readonly statements: readonly string[];
  readonly noTransaction: boolean;
  readonly inBatches: boolean;
  readonly contract: boolean;
  readonly allow: Readonly<Record<string, string>>;
}

/** What came before a draft. */
export interface Before {
  readonly path: string;
  readonly statements: readonly Statement[];
}

/** Looks for hazards in drafts behind a history, as `db lint` will once they are written. Pure; the grammar must be loaded. */
export function lintStatements(
  drafts: readonly DraftToLint[],
  history: readonly Before[],
  schema: string,
): readonly LintFinding[] {
  const facts = {
    noTransaction: false,
    inBatches: false,
    contract: false,
    allow: {},
    runner: 'engine',
    schema,
  } as const;
  const before = history.map(({ path, statements }): LintFile => ({ ...facts, path, statements }));
  const files = drafts.map(({ name, statements, ...header }): LintFile => {
    return { ...facts, ...header, path: name, statements: statements.flatMap(statementsOf) };
  });
  const { findings } = lintFiles([...before, ...files], (file) => files.includes(file));
  return findings;
}

function statementsOf(text: string): readonly Statement[] {
  const parsed = parseSql(text);
  return parsed.ok ? parsed.statements : [];
}
