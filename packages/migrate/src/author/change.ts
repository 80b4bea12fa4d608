import type { TestDatabase } from '@repo/local-postgres';
import { readCatalog } from '../catalog/read-catalog.ts';
import { diffStates } from '../catalog/residual.ts';
import { DbError } from '../errors/db-error.ts';
import { type Fillable, readTables } from '../rows/tables.ts';
import { parseSql } from '../sql/parse.ts';
import { nameOnlyRenames } from './name-only.ts';
import { openScratchSession, run, runIn, type Scratch } from './scratch.ts';
import { differenceLines, readState, type ScratchState } from './scratch-state.ts';

/** The whole change of a domain as plain statements, proven to lead from the history to the declared state. */
export interface Change {
  /** By drizzle-kit. Empty where its statements do not run: then all are of the catalog diff. */
  readonly kit: readonly string[];
  /** By the catalog diff. */
  readonly objects: readonly string[];
  /** Why drizzle-kit's statements were left out. NULL: they were not. */
  readonly replaced: string | null;
  /** The tables that it leads to. */
  readonly later: Fillable;
}

/** Completes drizzle-kit's statements by the catalog diff. Where they do not run (it drops a view that another one needs, or changes a
 *  type under one) only its renames are kept, which the catalogs cannot know, and the diff writes the rest.
 *  @throws {DbError} DB_GENERATE where the result does not lead to the declared state */
export async function completeChange(
  kit: readonly string[],
  base: TestDatabase,
  declared: ScratchState,
  schemas: readonly string[],
  scratch: Scratch,
): Promise<Change> {
  await using first = await scratch.copy(base);
  const failure = await run(first.url, kit).then(
    () => null,
    (error: unknown) => (error instanceof DbError ? error : Promise.reject(error)),
  );
  if (failure === null) return { kit, ...(await residual(first.url, declared, schemas)), replaced: null };
  await using second = await scratch.copy(base);
  const renames = kit.filter(isRename);
  await run(second.url, renames);
  const rest = await residual(second.url, declared, schemas);
  return { kit: renames, ...rest, replaced: failure.facts.why ?? failure.message };
}

/** Names first: what differs by nothing else is never missing. Then two rounds at most: what a statement takes along unseen (a privilege,
 *  statistics) is put back by the second. */
async function residual(
  url: string,
  declared: ScratchState,
  schemas: readonly string[],
): Promise<Pick<Change, 'objects' | 'later'>> {
  await using session = await openScratchSession(url);
  const written = [...nameOnlyRenames(await readCatalog(session.sql, schemas), declared.catalog)];
  await runIn(session.sql, written);
  for (let round = 0; ; round += 1) {
    const state = await readState(session, schemas);
    const missing = diffStates(state.diff, declared.diff).map(({ sql }) => sql);
    const different = differenceLines(state.catalog, declared.catalog);
    if (missing.length === 0 && different.length === 0)
      return { objects: written, later: await readTables(session.sql, schemas) };
    if (round === 2 || missing.length === 0) {
      const left = [...missing, ...different].join('\n  ');
      throw new DbError('DB_GENERATE', {
        why: `the diff does not converge:\n  ${left}`,
        changed: 'nothing was written',
      });
    }
    await runIn(session.sql, missing);
    written.push(...missing);
  }
}

function isRename(statement: string): boolean {
  const parsed = parseSql(statement);
  return parsed.ok && parsed.statements.every(({ kind }) => kind === 'RenameStmt' || kind === 'AlterObjectSchemaStmt');
}
