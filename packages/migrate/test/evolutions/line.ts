import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api-postgres';
import { draftChange, readBase } from '../../src/author/draft-change.ts';
import { withNeededAllows } from '../../src/author/needed-allows.ts';
import { proofLine } from '../../src/author/proof-line.ts';
import { openScratch, openScratchSession, run, type Scratch } from '../../src/author/scratch.ts';
import { readState, type ScratchState } from '../../src/author/scratch-state.ts';
import { writeFolders } from '../../src/author/write-folders.ts';
import { compareCatalogs, readCatalog } from '../../src/catalog/read-catalog.ts';
import type { DomainConfig } from '../../src/config.ts';
import { parseHistory } from '../../src/files/parse-history.ts';
import type { ParsedMigration } from '../../src/files/parse-migration.ts';
import { migrateDomain, parseTarget, rollbackDomain } from '../../src/index.ts';
import { lintStatements } from '../../src/lint/lint-statements.ts';
import type { DraftFile, OnlinePlan } from '../../src/online/plan-online.ts';
import { loadGrammar } from '../../src/sql/parse.ts';
import { emptyDatabase } from '../support/database.ts';
import { declare } from './declare.ts';
import { evolve, type Renamed, type Step } from './evolve.ts';
import { EMPTY, type Model } from './model.ts';

type Json = Awaited<ReturnType<typeof generateDrizzleJson>>;
type Hints = NonNullable<NonNullable<Parameters<typeof generateMigration>[2]>['hints']>;

/** What came of a line of evolutions. */
export interface Tally {
  evolutions: number;
  unchanged: number;
  irreversible: number;
  files: number;
  /** Changes whose online form did not run. */
  plain: number;
  /** Changes that ask for a decision: a new NOT NULL column without a value for the rows that are there. */
  refused: number;
}

/** Why a way back may honestly be none: rows forbid it. */
const BY_ROWS =
  /contains null values|violates|cannot be cast|invalid input|out of range|too long|could not create unique index|duplicate|not present/;

/** What the edit itself breaks, whatever its form; and a new materialized view that is filled behind an ALTER of its table, for which
 *  there is no online form yet: lint says it, and a person moves it into a migration of its own. */
const ASKED_FOR: ReadonlySet<string> = new Set(['LINT_RENAME', 'LINT_WORK_UNDER_LOCK']);

const SHOP = {
  name: 'shop',
  schema: 'shop',
  migrations: 'migrations',
  generator: '',
  load: () => Promise.reject(new Error('not needed')),
} as DomainConfig;

/** The files as generate writes them. Throws where lint finds an error that no person has asked for, and generate has not warned of. */
function withoutHazards({ files, warnings }: OnlinePlan, history: readonly ParsedMigration[]): readonly DraftFile[] {
  const allowed = withNeededAllows(files, history, SHOP.schema);
  const drafts = allowed.map((file, number) => ({ ...file, name: `file ${number + 1}` }));
  const errors = lintStatements(drafts, history, SHOP.schema).filter(
    ({ severity, code }) => severity === 'error' && !ASKED_FOR.has(code),
  );
  if (errors.length > 0 && warnings.length === 0)
    throw new Error(`hazards: ${errors.map(({ code, path, message }) => `${path} ${code} ${message}`).join('; ')}`);
  return allowed;
}

/** Takes a schema through evolutions, one generated change after the other: generate → migrate → no drift → rollback → the catalog of
 *  before → migrate again. Throws at the first that goes wrong. */
export async function walk(server: string, evolutions: readonly (readonly Step[])[], tally: Tally): Promise<void> {
  await loadGrammar();
  const root = await mkdtemp(join(tmpdir(), 'evolutions-'));
  await mkdir(join(root, 'migrations'));
  const scratch = await openScratch(server, () => {});
  await using live = await emptyDatabase(server);
  const base = await scratch.build([]);
  try {
    let [model, json] = [EMPTY, await generateDrizzleJson({})] as [Model, Json];
    for (const [number, steps] of evolutions.entries()) {
      const evolved = evolve(model, steps, number);
      const declared = declare(evolved.model);
      const next = await generateDrizzleJson(declared.schema, json.id);
      const kit = await kitStatements(json, next, model, evolved);
      const state = await declaredState(
        scratch,
        next,
        declared.objects.map(({ sql }) => sql),
      );
      const schemas = ['shop'];
      const known = { base, ...(await readBase(base.url, schemas)), declared: state };
      const drafted = await draftChange(kit, { ...known, schemas, scratch }).catch((error: unknown): 'refused' => {
        if (error instanceof Error && error.message.includes('may have rows, and none of them has a value'))
          return 'refused';
        throw error;
      });
      if (drafted === 'refused') {
        tally.refused += 1;
        continue;
      }
      tally.evolutions += 1;
      if (drafted === null) tally.unchanged += 1;
      else {
        const { plan, proof, change } = drafted;
        const files = withoutHazards(plan, await parseHistory(SHOP, root));
        const folder = `${20260101000000 + number * 100}_change`;
        const staged = { folder: (name: string) => join(root, 'migrations', name) };
        await mkdir(staged.folder(folder));
        await writeFolders(files, proof, {
          title: 'change',
          date: '2026-01-01',
          proof: proofLine(proof),
          folder,
          staged,
          objects: new Set(change.objects),
          target: root,
          shown: '',
        });
        if (plan.warnings.some(({ why }) => why.includes('does not run here'))) tally.plain += 1;
        tally.files += plan.files.length;
        const whys = proof.waysBack.flatMap(({ irreversible }) => irreversible ?? []);
        for (const why of whys) if (!BY_ROWS.test(why)) throw new Error(`no way back: ${why}`);
        if (whys.length > 0) tally.irreversible += 1;
        await byTheEngine(root, live, state, plan.files.length, whys.length === 0);
        for (const { statements } of plan.files) await run(base.url, statements);
      }
      [model, json] = [evolved.model, next];
    }
  } finally {
    await base.drop();
    await scratch[Symbol.asyncDispose]();
    await rm(root, { recursive: true });
  }
}

async function kitStatements(
  json: Json,
  next: Json,
  before: Model,
  { model, renames }: { readonly model: Model; readonly renames: readonly Renamed[] },
): Promise<readonly string[]> {
  const seen = renames.filter(
    ({ kind, from, to }) => has(before, kind, from) && has(model, kind, to),
  ) as unknown as Hints;
  const hints = [...seen];
  for (;;) {
    try {
      return await generateMigration(json, next, { hints });
    } catch (error) {
      const missing = (
        error as { readonly missingHints?: readonly { type: string; kind: string; entity: readonly string[] }[] }
      ).missingHints;
      if (missing === undefined) throw error;
      hints.push(
        ...(missing.map(({ type, kind, entity }) => ({
          type: type === 'rename_or_create' ? 'create' : 'confirm_data_loss',
          kind,
          entity,
        })) as unknown as Hints),
      );
    }
  }
}

function has({ tables }: Model, kind: 'table' | 'column', [, table, column]: readonly string[]): boolean {
  const found = tables.find(({ name }) => name === table);
  return found !== undefined && (kind === 'table' || found.columns.some(({ name }) => name === column));
}

async function declaredState(scratch: Scratch, json: Json, objects: readonly string[]): Promise<ScratchState> {
  const statements = await generateMigration(await generateDrizzleJson({}), json, {});
  await using database = await scratch.build([...statements, ...objects]);
  await using session = await openScratchSession(database.url);
  return await readState(session, ['shop']);
}

/** The written folders, by the engine itself: up, compared with what is declared; down, compared with what was there; up. */
async function byTheEngine(
  root: string,
  live: { readonly url: string; readonly sql: Parameters<typeof readCatalog>[0] },
  declared: ScratchState,
  count: number,
  undo: boolean,
): Promise<void> {
  const target = parseTarget(live.url, 'test');
  const before = await readCatalog(live.sql, ['shop']);
  await purposes(root);
  await migrateDomain(SHOP, { root, target });
  requireEqual('drift', await readCatalog(live.sql, ['shop']), declared.catalog);
  if (!undo) return;
  await rollbackDomain(SHOP, { root, target, extent: { kind: 'steps', count } });
  requireEqual('rolled back', await readCatalog(live.sql, ['shop']), before);
  await migrateDomain(SHOP, { root, target });
  requireEqual('up again', await readCatalog(live.sql, ['shop']), declared.catalog);
}

async function purposes(root: string): Promise<void> {
  const { readdir, readFile, writeFile } = await import('node:fs/promises');
  for (const name of await readdir(join(root, 'migrations'))) {
    const file = join(root, 'migrations', name, 'migration.sql');
    const text = await readFile(file, 'utf8');
    if (text.includes('say what changes')) await writeFile(file, text.replace(/Purpose: .*/, 'Purpose: a test.'));
  }
}

function requireEqual(leg: string, found: Awaited<ReturnType<typeof readCatalog>>, expected: typeof found): void {
  const different = compareCatalogs(found, expected).map(
    ({ object, left, right }) => `${object}: ${left} is not ${right}`,
  );
  if (different.length > 0) throw new Error(`${leg}:\n  ${different.join('\n  ')}`);
}
