import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { residualStatements } from '../catalog/residual.ts';
import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import { parseHistory } from '../files/parse-history.ts';
import { UNSAID_PURPOSE } from '../files/unsaid-purpose.ts';
import type { SqlObject } from '../objects/object.ts';
import { type Drop, dropsIn } from '../sql/drops.ts';
import { parseSql } from '../sql/parse.ts';
import { drizzleKit, exportSchema, type KitAnswer, whyNot } from './drizzle-kit.ts';
import { type Hint, readHints } from './hints.ts';
import {
  asCreated,
  describeQuestions,
  type RenameQuestion,
  renameQuestions,
  type Unresolved,
} from './rename-question.ts';
import { run, type Scratch } from './scratch.ts';
import { type Move, type StagedHistory, type Staging, stageHistory } from './staging.ts';

export interface DraftOptions {
  readonly root: string;
  /** Slug of the new folder. */
  readonly name: string;
  /** Path of drizzle-kit's hints file; undefined: no answers. */
  readonly hints: string | undefined;
  /** Asks a person. Undefined, or its answer undefined: there is none. */
  readonly decide?: ((question: RenameQuestion) => Promise<Hint | undefined>) | undefined;
  readonly scratch: Scratch;
  readonly staging: Staging;
  /** `YYYY-MM-DD`, for the header. */
  readonly today: string;
}

export interface Generated {
  readonly domain: string;
  /** Name of the new folder. NULL: nothing changed. */
  readonly migration: string | null;
  /** That folder, relative to the configuration file. NULL: nothing changed. */
  readonly path: string | null;
  /** Statements by drizzle-kit and by the catalog diff. */
  readonly statements: number;
  readonly objects: number;
  /** What it takes away, in its order. */
  readonly drops: readonly Drop[];
}

export interface Draft {
  readonly generated: Generated;
  /** From the staging folder into the history. NULL: nothing changed. */
  readonly move: Move | null;
}

/** Writes the migration of one domain into the staging folder: drizzle-kit's part, then what the catalog diff finds between the history
 *  with it and the declared state, proven to leave no difference. The history stays as it is until the draft is moved.
 *  @throws {DbError} DB_DECISION with the open questions, DB_USAGE for wrong answers, DB_GENERATE */
export async function draftMigration(domain: DomainConfig, options: DraftOptions): Promise<Draft> {
  const staged = stageHistory(domain, options.root, options.staging);
  const answer = await kitGenerate(staged, options, []);
  const objects = await residual(domain, staged, options);
  if (answer.status === 'no_changes' && objects.length > 0) await kitGenerate(staged, options, ['--custom']);
  const [migration = null] = staged.added();
  const facts = { domain: domain.name, migration, objects: objects.length };
  if (migration === null) return { generated: { ...facts, path: null, statements: 0, drops: [] }, move: null };
  const from = staged.folder(migration);
  const path = join(domain.migrations, migration);
  const written = await complete(join(from, 'migration.sql'), objects, options);
  return { generated: { ...facts, path, ...written }, move: { from, to: join(options.root, path) } };
}

async function kitGenerate(staged: StagedHistory, options: DraftOptions, extra: readonly string[]): Promise<KitAnswer> {
  const hints = options.hints === undefined ? [] : [...(await readHints(options.hints))];
  const generate = (answers: readonly Hint[], more: readonly string[]) => callKit(staged, options, answers, more);
  for (;;) {
    const answer = await generate(hints, extra);
    if (answer.status === 'ok' || answer.status === 'no_changes') return answer;
    if (answer.status !== 'missing_hints') throw refused(answer, staged.domain, options);
    const unresolved = answer['unresolved'] as readonly Unresolved[];
    const asNew = await generate([...hints, ...unresolved.map(asCreated)], ['--explain']);
    const questions = renameQuestions(unresolved, asNew);
    // One at a time: an answer may settle others.
    const decided = questions[0] && (await options.decide?.(questions[0]));
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

async function callKit(
  { generator, hintsFile }: StagedHistory,
  { root, name }: DraftOptions,
  hints: readonly Hint[],
  extra: readonly string[],
): Promise<KitAnswer> {
  await writeFile(hintsFile, JSON.stringify(hints));
  const options = ['--config', generator, '--name', name, '--hints-file', hintsFile];
  return await drizzleKit(root, ['generate', ...options, ...extra]);
}

function refused(answer: KitAnswer, { name }: DomainConfig, { hints }: DraftOptions): DbError {
  const { code } = (answer['error'] ?? {}) as { readonly code?: unknown };
  const facts = { domain: name, why: whyNot(answer), changed: 'nothing was written' };
  if (code !== 'invalid_hints' || hints === undefined) return new DbError('DB_GENERATE', facts);
  return new DbError('DB_USAGE', { ...facts, at: hints, fix: 'name what went in `from` and what is new in `to`' });
}

/** What the history, with the new file, lacks of the declared state. */
async function residual(
  domain: DomainConfig,
  staged: StagedHistory,
  { root, scratch, staging }: DraftOptions,
): Promise<readonly string[]> {
  const migrations = await parseHistory(staged.domain, staging.root);
  const history = migrations.flatMap(({ statements }) => statements.map(({ text }) => text));
  const { objects } = await domain.load();
  await using replayed = await scratch.build(history);
  await using declared = await scratch.build(await declaredStatements(domain, root, objects));
  const missing = await residualStatements(replayed.url, declared.url);
  if (missing.length === 0) return [];
  await run(replayed.url, missing);
  const left = await residualStatements(replayed.url, declared.url);
  if (left.length > 0)
    throw new DbError('DB_GENERATE', { domain: domain.name, why: `the diff does not converge: ${left.join('; ')}` });
  return missing;
}

/** The declared state of a domain: the generator's export, then the objects it cannot model. */
async function declaredStatements(
  domain: DomainConfig,
  root: string,
  objects: readonly SqlObject[],
): Promise<readonly string[]> {
  const parsed = parseSql(await exportSchema(root, domain.generator));
  if (!parsed.ok)
    throw new DbError('DB_GENERATE', { domain: domain.name, why: `drizzle-kit export: ${parsed.fault.message}` });
  return [...parsed.statements.map(({ text }) => text), ...objects.map(({ sql }) => sql)];
}

/** Writes header and objects into the new file; gives the number of drizzle-kit's own statements. */
async function complete(
  file: string,
  objects: readonly string[],
  { name, today }: DraftOptions,
): Promise<Pick<Generated, 'statements' | 'drops'>> {
  const generated = (await readFile(file, 'utf8')).replace(/^-- Custom SQL migration file.*\n?/, '').trim();
  const parsed = parseSql(generated);
  const statements = parsed.ok ? parsed.statements.length : 0;
  const title = name.replaceAll(/[-_]/g, ' ');
  const header = `-- ${title.charAt(0).toUpperCase()}${title.slice(1)}.\n-- Purpose: ${UNSAID_PURPOSE}\n-- Date: ${today}`;
  const tail =
    objects.length === 0 ? [] : [`-- objects\n${objects.map((sql) => `${sql};`).join('\n--> statement-breakpoint\n')}`];
  const parts = [...(statements === 0 ? [] : [generated]), ...tail];
  const text = `${header}\n\n${parts.join('\n--> statement-breakpoint\n')}\n`;
  await writeFile(file, text);
  const whole = parseSql(text);
  return { statements, drops: whole.ok ? dropsIn(whole.statements) : [] };
}
