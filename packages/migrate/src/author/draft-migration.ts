import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { parseHistory } from '../files/parse-history.ts';
import type { LintFinding } from '../lint/lint-files.ts';
import { type Before, lintStatements } from '../lint/lint-statements.ts';
import type { DraftFile, OnlineNote } from '../online/plan-online.ts';
import type { RowEstimates } from '../online/read-facts.ts';
import { dropsIn } from '../sql/drops.ts';
import { parseSql } from '../sql/parse.ts';
import { attachSnapshot } from './attach-snapshot.ts';
import type { Change } from './change.ts';
import { type DraftedChange, draftChange, readBase } from './draft-change.ts';
import type { DrizzleKit } from './drizzle-kit.ts';
import { type Generated, unchanged } from './generated.ts';
import { emptyDraft, exportedStatements, type KitOptions, kitDraft, kitStatements } from './kit-draft.ts';
import { withNeededAllows } from './needed-allows.ts';
import { proofLine } from './proof-line.ts';
import { renamedValueNotes } from './renamed-values.ts';
import { requireSnapshots } from './require-snapshots.ts';
import { copiesAhead, openScratchSession, run, type Scratch, textsOf } from './scratch.ts';
import { readState, type ScratchState } from './scratch-state.ts';
import { type Move, type StagedHistory, type Staging, stageHistory } from './staging.ts';
import { writeFolders } from './write-folders.ts';

export interface DraftOptions extends KitOptions {
  readonly scratch: Scratch;
  readonly staging: Staging;
  /** Row counts of the database that the migrations are for; a table that is not in it counts as large. */
  readonly rows?: RowEstimates | undefined;
  /** `YYYY-MM-DD`, for the header. */
  readonly today: string;
}

export interface Draft {
  readonly generated: Generated;
  /** From the staging folder into the history; none where nothing changed. */
  readonly moves: readonly Move[];
  /** What the new folders run. */
  readonly plan: readonly DraftFile[];
}

/** What nearly every change takes: one to complete it in, one to prove it in. */
const COPIES = 2;

/** Writes the migrations of one domain into the staging folder: drizzle-kit's part and what the catalog diff finds beyond it, in a form
 *  that blocks nobody, in as many folders as that takes, each with its way back; proven on made-up rows. The history stays as it is
 *  until the draft is moved.
 *  @throws {DbError} DB_DECISION with the open questions, DB_USAGE for wrong answers, DB_GENERATE */
export async function draftMigration(domain: DomainConfig, options: DraftOptions): Promise<Draft> {
  const { scratch, kit } = options;
  const staged = stageHistory(domain, options.root, options.staging);
  const history = await parseHistory(staged.domain, options.staging.root);
  requireSnapshots(domain, options.root, history);
  const declaring = declaredState(domain, kit, scratch);
  const building = scratch.build(textsOf(history));
  const reading = building.then((base) => readBase(base.url, [domain.schema], options.rows));
  const copying = reading.then(async () => copiesAhead(scratch, await building, COPIES));
  for (const started of [declaring, building, reading, copying]) started.catch(() => {});
  await using _databases: AsyncDisposable = {
    [Symbol.asyncDispose]: async () => {
      await (await copying.catch(() => undefined))?.[Symbol.asyncDispose]();
      await (await building.catch(() => undefined))?.drop();
    },
  };
  const drafted = await kitDraft(staged, options);
  const statements = drafted === null ? [] : await kitStatements(staged.folder(drafted));
  const [base, known, declared, copies] = [await building, await reading, await declaring, await copying];
  const input = { base, ...known, declared, schemas: [domain.schema], scratch: copies };
  const drafting = await draftChange(statements, input);
  if (drafting === null) {
    // Migrations by hand have done it already.
    if (drafted !== null) await attachSnapshot(domain, options);
    return { generated: unchanged(domain.name), moves: [], plan: [] };
  }
  const folder = drafted ?? (await emptyDraft(staged, options));
  const files = withNeededAllows(drafting.plan.files, history, domain.schema);
  const allowed = { ...drafting, plan: { ...drafting.plan, files } };
  const draft = await write(domain, allowed, { staged, folder }, options);
  return { ...draft, generated: { ...draft.generated, hazards: hazardsOf(draft, history, domain.schema) } };
}

/** Writes the folders of a change into the staging folder. */
async function write(
  domain: DomainConfig,
  { change, plan, proof }: DraftedChange,
  place: { readonly staged: StagedHistory; readonly folder: string },
  options: DraftOptions,
): Promise<Draft> {
  const line = proofLine(proof);
  const written = await writeFolders(plan.files, proof, {
    title: options.name.replaceAll(/[-_]/g, ' '),
    date: options.today,
    proof: line,
    ...place,
    objects: new Set(change.objects),
    target: join(options.root, domain.migrations),
    shown: domain.migrations,
  });
  const parsed = [...change.kit, ...change.objects].map((statement) => parseSql(statement));
  return {
    generated: {
      domain: domain.name,
      migration: written.files[0]?.migration ?? null,
      path: written.files[0]?.path ?? null,
      files: written.files,
      statements: change.kit.length,
      objects: change.objects.length,
      drops: dropsIn(parsed.flatMap((one) => (one.ok ? one.statements : []))),
      proof: line,
      warnings: [...plan.warnings, ...replacedNote(change), ...valueNotes(proof)],
      hazards: [],
    },
    moves: written.moves,
    plan: plan.files,
  };
}

function hazardsOf({ plan, generated }: Draft, history: readonly Before[], schema: string): readonly LintFinding[] {
  const files = plan.map((file, at) => ({ ...file, name: generated.files[at]?.path ?? '' }));
  return lintStatements(files, history, schema);
}

function valueNotes({ states }: DraftedChange['proof']): readonly OnlineNote[] {
  const [first, last] = [states[0], states.at(-1)];
  return first === undefined || last === undefined ? [] : renamedValueNotes(first.catalog, last.catalog);
}

function replacedNote({ replaced }: Change): readonly OnlineNote[] {
  if (replaced === null) return [];
  const why = "drizzle-kit's statements do not run here; the catalog diff wrote the change instead";
  return [{ statement: replaced.replaceAll(/\s+/g, ' '), why, fix: 'read the file with care' }];
}

/** The declared state of a domain: the generator's export, then the objects it cannot model.
 *  @throws {DbError} DB_GENERATE */
export async function declaredState(domain: DomainConfig, kit: DrizzleKit, scratch: Scratch): Promise<ScratchState> {
  const declaring = Promise.all([exportedStatements(domain, kit), domain.load()]);
  declaring.catch(() => {});
  // Made while drizzle-kit works.
  await using database = await scratch.build([]);
  const [exported, { objects }] = await declaring;
  await run(database.url, [...inOne(exported), ...objects.map(({ sql }) => sql)]);
  await using session = await openScratchSession(database.url);
  return await readState(session, [domain.schema]);
}

/** As one text, which takes one round trip, unless one of them must run alone. */
function inOne(statements: readonly string[]): readonly string[] {
  return statements.some((statement) => / CONCURRENTLY /i.test(statement)) ? statements : [statements.join('\n;\n')];
}
