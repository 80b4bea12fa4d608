import { dropColumnForm, dropForm } from '../contract/drop-forms.ts';
import { restoresGrants } from '../objects/grants.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import { needsNoTransaction } from '../sql/transactional.ts';
import { assemble } from './assemble.ts';
import { type Context, createContext, type OnlineNote } from './context.ts';
import type { OnlineFacts } from './facts.ts';
import { addColumnForm } from './forms/add-column.ts';
import { blockingForm, validateForm } from './forms/blocking.ts';
import { dropIndexForm } from './forms/drop-index.ts';
import { enumValueForm } from './forms/enum-value.ts';
import type { AlterForm, StatementForm } from './forms/form.ts';
import { indexForm } from './forms/index-form.ts';
import { keyForm } from './forms/key-form.ts';
import { notNullForm } from './forms/not-null.ts';
import { attachForm, detachForm } from './forms/partition.ts';
import { refreshForm } from './forms/refresh.ts';
import { renameColumnForm } from './forms/rename-column.ts';
import { renameTableForm } from './forms/rename-table.ts';
import { updateForm } from './forms/rows.ts';
import { typeForm } from './forms/type-form.ts';
import { validatedLaterForm } from './forms/validated-later.ts';
import { type DraftDown, inSteps, inTransaction, type Piece } from './piece.ts';
import { findReplacements } from './replaced.ts';
import { togetherByStage } from './retype/together.ts';
import { splitAlter } from './split-alter.ts';

export type { OnlineNote } from './context.ts';
export type { OnlineFacts } from './facts.ts';

/** One migration file to be written: a transaction, or steps. */
export interface DraftFile {
  /** Suffix of the folder's slug, '' where one file is enough. */
  readonly slug: string;
  /** `-- db: no-transaction`. */
  readonly noTransaction: boolean;
  /** `-- db: in-batches`: each UPDATE of the file runs in batches by the table's key. */
  readonly inBatches: boolean;
  /** `-- db: contract`. */
  readonly contract: boolean;
  /** Backfills that must be complete before it: `-- db: after-backfill <name>`. */
  readonly afterBackfill: readonly string[];
  /** Without semicolons. */
  readonly statements: readonly string[];
  /** Hazards that the form itself answers, where lint finds them: code → why. */
  readonly allow: Readonly<Record<string, string>>;
  /** What has an old and a new name meanwhile, `schema.table` or `schema.table.column`, quoted: no value is lost with one of them. Absent:
   *  nothing. */
  readonly renamed?: readonly (readonly [string, string])[];
  /** A way back that brings values back, too. NULL: that of the catalog diff is as good. */
  readonly down: DraftDown | null;
  /** What the catalog diff's way back begins with, behind the renames that it turns round. Absent: nothing. */
  readonly backFirst?: readonly string[];
}

export interface OnlinePlan {
  /** In the order in which they are to run; the names of their folders must sort so. One file that is a transaction: nothing had to be
   *  rewritten. */
  readonly files: readonly DraftFile[];
  /** What a person should know: a statement that has no online form, statements of clients that will fail once. */
  readonly warnings: readonly OnlineNote[];
  /** What cannot be written before a person decides; `files` then lacks those statements. */
  readonly refused: readonly OnlineNote[];
}

export interface OnlineOptions {
  /** False: what is renamed is renamed at once, though an older build fails on it. */
  readonly keepsNames?: boolean;
}

/** Turns plain DDL into files whose statements block nobody on tables with rows, and take nothing away from the build before. Statements
 *  on tables that the draft itself creates stay plain, and those that only take time also where a table is small by the facts. Pure; the
 *  grammar must be loaded. */
export function planOnline(
  statements: readonly string[],
  facts: OnlineFacts,
  { keepsNames = true }: OnlineOptions = {},
): OnlinePlan {
  const draft = statements.flatMap((text) => parsed(text)).flatMap(constraintsApart);
  const plan = (text: string, context: Context) => parsed(text).flatMap((statement) => piecesOf(statement, context));
  const context = createContext({ draft, facts, replacements: findReplacements(draft, facts), keepsNames, plan });
  const pieces = draft.flatMap((statement) => piecesOf(statement, context));
  return { files: assemble(togetherByStage(pieces)), warnings: context.warnings, refused: context.refused };
}

/** A statement that drops a constraint and adds one is taken for several: the new one may then hold before the old one goes. */
function constraintsApart(statement: Statement): readonly Statement[] {
  if (statement.kind !== 'AlterTableStmt') return [statement];
  const actions = splitAlter(statement);
  const has = (subtype: string) => actions.some((action) => action.subtype === subtype);
  if (!has('AT_DropConstraint') || !has('AT_AddConstraint')) return [statement];
  return actions.flatMap(({ head, body }) => parsed(`${head} ${body}`));
}

const STATEMENT_FORMS: readonly StatementForm[] = [
  dropForm,
  renameColumnForm,
  renameTableForm,
  indexForm,
  dropIndexForm,
  refreshForm,
  updateForm,
  enumValueForm,
];
const ALTER_FORMS: readonly AlterForm[] = [
  dropColumnForm,
  validatedLaterForm,
  keyForm,
  notNullForm,
  typeForm,
  addColumnForm,
  attachForm,
  detachForm,
  validateForm,
  blockingForm,
];

const RESTORED = { LINT_OPAQUE_BLOCK: 'it gives back the privileges that there were where it runs' };

function piecesOf(statement: Statement, context: Context): readonly Piece[] {
  const refusals = context.refused.length;
  if (context.isMoved(statement)) return [];
  const pieces = firstOf(STATEMENT_FORMS, (form) => form(statement, context)) ?? alterPieces(statement, context);
  context.passed(statement);
  if (context.refused.length > refusals) return [];
  if (pieces !== null) return pieces;
  const drop = context.replacements.drops.get(statement);
  const how = needsNoTransaction(statement) ? inSteps : inTransaction;
  const allow = restoresGrants(statement.text) ? RESTORED : {};
  return [{ ...how(...(drop === undefined ? [] : [drop.text]), statement.text), allow }];
}

/** NULL: no action of it needs another form, so that it stays whole. */
function alterPieces(statement: Statement, context: Context): readonly Piece[] | null {
  if (statement.kind !== 'AlterTableStmt' || statement.node['objtype'] !== 'OBJECT_TABLE') return null;
  const actions = splitAlter(statement).map((action) => ({
    action,
    pieces: firstOf(ALTER_FORMS, (form) => form(action, context, statement)),
  }));
  if (actions.every(({ pieces }) => pieces === null)) return null;
  return actions.flatMap(({ action, pieces }) => pieces ?? [inTransaction(`${action.head} ${action.body}`)]);
}

function firstOf<F>(forms: readonly F[], apply: (form: F) => readonly Piece[] | null): readonly Piece[] | null {
  for (const form of forms) {
    const pieces = apply(form);
    if (pieces !== null) return pieces;
  }
  return null;
}

function parsed(text: string): readonly Statement[] {
  const result = parseSql(text);
  if (!result.ok) throw new Error(`not valid SQL: ${result.fault.message}`);
  return result.statements;
}
