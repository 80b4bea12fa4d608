import type { TestDatabase } from '@repo/local-postgres';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { compareContents, type Fate } from '../rows/compare-contents.ts';
import { type Contents, readContents } from '../rows/contents.ts';
import { type Filled, fillTables } from '../rows/fill.ts';
import { openScratchSession, runIn, type Scratch, scratchError } from './scratch.ts';
import { differenceLines, readState, type ScratchState } from './scratch-state.ts';
import { undo, undoBy, type WayBack } from './way-back.ts';

/** What runs as one migration. */
export interface ProvenFile extends Pick<DraftFile, 'statements' | 'noTransaction'> {
  /** A way back that is to be tried instead of the catalog diff's. */
  readonly down?: Omit<WayBack, 'irreversible'> | null;
}

export interface Proof {
  /** Of each file, in the order of the files. */
  readonly waysBack: readonly WayBack[];
  /** The states before the first file and after each. */
  readonly states: readonly ScratchState[];
  /** Server's major version. */
  readonly version: number;
  /** Rows that stood in the tables when the way up began. */
  readonly rows: number;
  readonly tables: number;
  /** Tables that no made-up row fitted. */
  readonly unfilled: readonly Filled[];
  /** What the way up did to the rows of before. */
  readonly up: Fate;
  /** What there and back did to them. NULL: a file is irreversible. */
  readonly back: Fate | null;
}

/** Rows a table. */
const ROWS = 3;

/** Applies files to a filled copy of a database, undoes them, applies them again, and compares catalogs after each leg and rows by
 *  content. Their ways back come out of it.
 *  @throws {DbError} DB_GENERATE where a file does not run, or the second way up gives another catalog than the first */
export async function prove(
  base: TestDatabase,
  files: readonly ProvenFile[],
  schemas: readonly string[],
  scratch: Scratch,
): Promise<Proof> {
  const up = await goUp(base, files, schemas, scratch);
  const { session, states } = up;
  try {
    const waysBack = new Map<number, WayBack>();
    await goDown(session, files, schemas, states, waysBack);
    const irreversible = [...waysBack].find(([, { irreversible: why }]) => why !== null)?.[0] ?? null;
    const back = irreversible === null ? compareContents(up.filled, await readContents(session.sql, schemas)) : null;
    if (irreversible === null) await goUpAgain(session, files, schemas, states);
    else if (irreversible > 0)
      // What lies before it can be undone as long as it is not applied.
      for (const [number, way] of (
        await prove(base, files.slice(0, irreversible), schemas, scratch)
      ).waysBack.entries())
        waysBack.set(number, way);
    return { ...up.facts, states, back, waysBack: files.map((_, number) => wayBackOf(waysBack, number)) };
  } finally {
    await up[Symbol.asyncDispose]();
  }
}

async function goUp(base: TestDatabase, files: readonly ProvenFile[], schemas: readonly string[], scratch: Scratch) {
  const copy = await scratch.copy(base);
  const session = await openScratchSession(copy.url);
  const close = async () => {
    await session[Symbol.asyncDispose]();
    await copy.drop();
  };
  try {
    const states = [await readState(session, schemas)];
    const filling = await fillTables(session.sql, schemas, { rows: () => ROWS });
    const filled = await readContents(session.sql, schemas);
    for (const file of files) {
      await apply(session, file);
      states.push(await readState(session, schemas));
    }
    const fate = compareContents(filled, await readContents(session.sql, schemas));
    await fillNewTables(session, schemas);
    const counts = [...filled.values()].map(({ rows }) => rows);
    const facts = {
      version: session.serverVersion,
      rows: counts.reduce((sum, rows) => sum + rows, 0),
      tables: counts.length,
      unfilled: filling.filter(({ why }) => why !== null),
      up: fate,
    };
    return { session, states, filled, facts, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The way back must also work when the new tables are in use. */
async function fillNewTables({ sql }: Session, schemas: readonly string[]): Promise<void> {
  const contents: Contents = await readContents(sql, schemas);
  const empty = new Set([...contents.values()].filter(({ rows }) => rows === 0).map(({ name }) => name));
  await fillTables(sql, schemas, { rows: (table) => (empty.has(table) ? ROWS : 0) });
}

async function apply({ sql }: Session, { statements, noTransaction }: ProvenFile): Promise<void> {
  if (noTransaction) return await runIn(sql, statements);
  await sql
    .begin((tx) => runIn(tx, statements))
    .catch((error: unknown) => {
      throw error instanceof DbError ? error : scratchError(error, 'COMMIT');
    });
}

async function goDown(
  session: Session,
  files: readonly ProvenFile[],
  schemas: readonly string[],
  states: readonly ScratchState[],
  waysBack: Map<number, WayBack>,
): Promise<void> {
  for (const [number, file] of [...files.entries()].reverse()) {
    const before = states[number];
    if (before === undefined) return;
    const way = file.down
      ? await undoBy(session, file.down, schemas, before)
      : await undo(session, { ...file, schemas }, before);
    waysBack.set(number, way);
    if (way.irreversible !== null) return;
  }
}

async function goUpAgain(
  session: Session,
  files: readonly ProvenFile[],
  schemas: readonly string[],
  states: readonly ScratchState[],
): Promise<void> {
  for (const file of files) await apply(session, file);
  const [first, second] = [states.at(-1), await readState(session, schemas)];
  const different = first === undefined ? [] : differenceLines(second, first);
  if (different.length === 0) return;
  throw new DbError('DB_GENERATE', {
    why: `up, down, up gives another catalog than up:\n  ${different.join('\n  ')}`,
    changed: 'nothing was written',
  });
}

function wayBackOf(waysBack: ReadonlyMap<number, WayBack>, number: number): WayBack {
  return waysBack.get(number) ?? { statements: [], noTransaction: false, irreversible: 'it was not undone' };
}
