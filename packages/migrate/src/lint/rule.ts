import type { Statement } from '../sql/parse.ts';
import type { Catalog } from './known/catalog.ts';
import type { Name } from './name.ts';
import type { Action, ActionOf, Does } from './read/action.ts';

/** `error`: an outage, a loss or a failure on a table with rows. `warning`: a choice that is often regretted. */
export type Severity = 'error' | 'warning';

/** A file as the rules see it. */
export interface LintFile {
  /** As messages and annotations name it. */
  readonly path: string;
  readonly statements: readonly Statement[];
  /** Each statement runs by itself, in no transaction or in its own. */
  readonly noTransaction: boolean;
  /** Each UPDATE and DELETE of it runs in batches. */
  readonly inBatches: boolean;
  /** It says that it drops or tightens, and waits for a release of its own. */
  readonly contract: boolean;
  /** Hazards that were accepted: code → why. */
  readonly allow: Readonly<Record<string, string>>;
  /** Who runs it: the engine with its locks, timeouts and journal, or something that is not known. */
  readonly runner: 'engine' | 'plain';
  /** Paths of the files that are one change with it: what they make is new in it, too. Absent: itself alone. */
  readonly change?: readonly string[];
  /** The schema that its names must stay in. NULL: any. */
  readonly schema: string | null;
}

/** An action with its statement. */
export interface Placed {
  readonly action: Action;
  readonly statement: Statement;
}

export interface RuleContext {
  readonly file: LintFile;
  readonly statement: Statement;
  /** As the statements before left it. */
  readonly catalog: Catalog;
  /** As the last of all statements leaves it. */
  readonly final: Catalog;
  /** What the same transaction did before. */
  readonly before: readonly Placed[];
  /** All that the file does. */
  readonly all: readonly Placed[];
  /** The statement runs in a transaction with others. */
  readonly inTransaction: boolean;
  /** It was there before the file, or nothing is known of it: it may have rows and users. */
  isOld(table: Name): boolean;
}

export interface Hit {
  /** What this statement does to which object, with its name. */
  readonly message: string;
  /** SQL to be put in its place. Absent: there is none, or it is a matter of the application. */
  readonly safe?: string | undefined;
}

/** A statement with what it stands on: the tables of `fixture.ts`, and then `given`. */
export interface Case {
  readonly sql: string;
  readonly given?: string;
  readonly noTransaction?: true;
  readonly contract?: true;
  readonly inBatches?: true;
  readonly runner?: 'plain';
  readonly allow?: Readonly<Record<string, string>>;
}

/** A rule as a value that explains itself; docs/lint.md is printed from it. */
export interface LintRule {
  readonly code: `LINT_${string}`;
  readonly severity: Severity;
  /** One line, without a full stop. */
  readonly title: string;
  /** What happens otherwise. */
  readonly why: string;
  /** What to do, in general; a hit has it for its own statement. */
  readonly instead: string;
  readonly source: string;
  /** Rows of the table of hazards in docs/lint.md. */
  readonly hazards: readonly number[];
  /** Absent: whoever runs the file. */
  readonly runner?: 'engine' | 'plain';
  readonly check: (action: Action, context: RuleContext) => readonly Hit[];
  readonly bad: readonly (string | Case)[];
  readonly good: readonly (string | Case)[];
}

interface Definition<D extends Does> extends Omit<LintRule, 'check' | 'severity'> {
  /** Absent: `error`. */
  readonly severity?: Severity;
  readonly on: readonly D[];
  readonly find: (action: ActionOf<D>, context: RuleContext) => Hit | readonly Hit[] | undefined;
}

/** A rule over some kinds of action. */
export function rule<D extends Does>({ on, find, severity = 'error', ...facts }: Definition<D>): LintRule {
  const kinds = new Set<Does>(on);
  const isMine = (action: Action): action is ActionOf<D> => kinds.has(action.does);
  return {
    ...facts,
    severity,
    check: (action, context) => {
      if (!isMine(action)) return [];
      const found = find(action, context) ?? [];
      return Array.isArray(found) ? found : [found as Hit];
    },
  };
}
