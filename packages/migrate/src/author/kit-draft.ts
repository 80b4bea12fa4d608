import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { parseSql } from '../sql/parse.ts';
import { type DrizzleKit, type KitAnswer, whyNot } from './drizzle-kit.ts';
import { answerByNote, type FormerName, formerNames } from './former-names.ts';
import { type Hint, readHints } from './hints.ts';
import { reachableFiles } from './reachable-files.ts';
import {
  asCreated,
  describeQuestions,
  type RenameQuestion,
  renameQuestions,
  type Unresolved,
} from './rename-question.ts';
import type { StagedHistory } from './staging.ts';
import { madeInsteadOfRenamed, type SaidRenamed, unusedRename } from './unused-rename.ts';

export interface KitOptions {
  readonly root: string;
  readonly kit: DrizzleKit;
  /** Slug of the new folder. */
  readonly name: string;
  /** Path of drizzle-kit's hints file; undefined: no answers. */
  readonly hints: string | undefined;
  /** Asks a person. Undefined, or its answer undefined: there is none. */
  readonly decide?: ((question: RenameQuestion) => Promise<Hint | undefined>) | undefined;
  /** Asks nothing: whatever is open is new. */
  readonly asNew?: boolean;
}

/** Has drizzle-kit write what it models of the change into the staged history; gives the new folder's name, or NULL where it sees no
 *  change.
 *  @throws {DbError} DB_DECISION with the open questions, DB_USAGE for wrong answers, DB_GENERATE */
export async function kitDraft(staged: StagedHistory, options: KitOptions): Promise<string | null> {
  const hints = options.hints === undefined ? [] : [...(await readHints(options.hints))];
  const notes = () => notesOf(staged.domain, options.root);
  for (;;) {
    const answer = await callKit(staged, options, { hints });
    if (answer.status === 'ok' || answer.status === 'no_changes') {
      const [added] = staged.added();
      if (added !== undefined && options.asNew !== true)
        await requireRenamed(staged, added, { hints, notes: notes() }, options);
      return added ?? null;
    }
    if (answer.status !== 'missing_hints') throw refused(answer, staged.domain, options);
    const unresolved = answer['unresolved'] as readonly Unresolved[];
    if (options.asNew === true) {
      hints.push(...unresolved.map(asCreated));
      continue;
    }
    const asNew = await callKit(staged, options, { hints: [...hints, ...unresolved.map(asCreated)], explain: true });
    const questions = renameQuestions(unresolved, asNew);
    const [first] = questions;
    const noted = first && answerByNote(first, notes());
    // One at a time: an answer may settle others.
    const decided = noted ?? (first && (await options.decide?.(first)));
    if (decided === undefined) {
      throw new DbError('DB_DECISION', {
        domain: staged.domain.name,
        why: describeQuestions(questions, hints),
        data: { questions },
        changed: 'nothing was written',
      });
    }
    hints.push(decided);
  }
}

/** @throws {DbError} DB_GENERATE where the draft makes anew what is said to be renamed */
async function requireRenamed(
  { domain, folder }: StagedHistory,
  added: string,
  said: SaidRenamed,
  { kit }: KitOptions,
): Promise<void> {
  const candidates = madeInsteadOfRenamed(await kitStatements(folder(added)), said);
  const unused = candidates.length === 0 ? null : unusedRename(candidates, await exportedStatements(domain, kit));
  if (unused === null) return;
  const [from, to] = [unused.from, unused.to].map((entity) => entity.join('.'));
  throw new DbError('DB_GENERATE', {
    domain: domain.name,
    why: `${to} is said to be ${from} renamed, but ${from} is declared, too: it would be made empty`,
    fix: `rename it in a change of its own, and declare the new ${from} in the next one; where both are to stay, take away the answer or the note \`was:\``,
    changed: 'nothing was written',
  });
}

/** What the schema's sources say of former names. */
function notesOf({ generator }: DomainConfig, root: string): readonly FormerName[] {
  const sources = reachableFiles([join(root, generator)], root).filter((file) => /\.[cm]?[jt]s$/.test(file));
  return sources.flatMap((file) => formerNames(readFileSync(file, 'utf8')));
}

/** Has drizzle-kit write an empty migration with its snapshot, for what it does not model; gives the new folder's name. */
export async function emptyDraft(staged: StagedHistory, options: KitOptions): Promise<string> {
  const answer = await callKit(staged, options, { custom: true });
  const [added] = staged.added();
  if (added === undefined) throw refused(answer, staged.domain, options);
  return added;
}

/** The statements that drizzle-kit wrote. Where one is not valid SQL (it leaves the quotes of a new enum value as they are) they are told
 *  apart by its own marks: the server will refuse that one, as any other that does not run. */
export async function kitStatements(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'migration.sql'), 'utf8');
  const parsed = parseSql(text);
  if (parsed.ok) return parsed.statements.map((statement) => statement.text);
  return text.split('--> statement-breakpoint').map((statement) => statement.trim().replace(/;$/, ''));
}

/** drizzle-kit's statements for the schema as it is declared.
 *  @throws {DbError} DB_GENERATE */
export async function exportedStatements(
  { name, generator }: DomainConfig,
  kit: DrizzleKit,
): Promise<readonly string[]> {
  const answer = await kit.call('exportSql', { config: generator });
  if (answer.status === 'ok') return answer['statements'] as readonly string[];
  throw new DbError('DB_GENERATE', { domain: name, why: `drizzle-kit export: ${whyNot(answer)}`, at: generator });
}

async function callKit(
  { generator }: StagedHistory,
  { kit, name }: KitOptions,
  more: { readonly hints?: Hint[]; readonly explain?: boolean; readonly custom?: boolean },
): Promise<KitAnswer> {
  return await kit.call('generate', { config: generator, name, ...more });
}

function refused(answer: KitAnswer, { name }: DomainConfig, { hints }: KitOptions): DbError {
  const { code } = (answer['error'] ?? {}) as { readonly code?: unknown };
  const facts = { domain: name, why: whyNot(answer), changed: 'nothing was written' };
  if (code !== 'invalid_hints' || hints === undefined) return new DbError('DB_GENERATE', facts);
  return new DbError('DB_USAGE', { ...facts, at: hints, fix: 'name what went in `from` and what is new in `to`' });
}
