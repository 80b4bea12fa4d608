import { isDeepStrictEqual } from 'node:util';
import type { TestDatabase } from '@repo/local-postgres';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import type { DraftFile } from '../online/plan-online.ts';
import { compareContents, type Fate } from '../rows/compare-contents.ts';
import { type Contents, readContents } from '../rows/contents.ts';
import { type Filled, fillTables } from '../rows/fill.ts';
import type { Fillable } from '../rows/tables.ts';
import { applyIn, openScratchSession, type Scratch } from './scratch.ts';
import { differenceLines, readState, type ScratchState } from './scratch-state.ts';
import { tableInTheWay, wholeName } from './table-in-the-way.ts';
import { undo, undoBy, type WayBack } from './way-back.ts';

/** What runs as one migration. */
export interface ProvenFile extends Pick<DraftFile, 'statements' | 'noTransaction' | 'renamed' | 'backFirst'> {
  /** A way back that is to be tried instead of the catalog diff's. */
  readonly down?: Omit<WayBack, 'irreversible'> | null;
}

/** A parsed file as the proof runs it. */
export function provenFile({ header, statements }: Pick<ParsedMigration, 'header' | 'statements'>): ProvenFile {
  return { statements: statements.map(({ text }) => text), noTransaction: header.noTransaction };
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

export interface ProveInput {
  /** Nobody may be connected to it. */
  readonly base: TestDatabase;
  readonly files: readonly ProvenFile[];
  readonly schemas: readonly string[];
  readonly scratch: Scratch;
  /** The tables that the files lead to, so that rows are made up that fit them. Absent: it is not known. */
  readonly later?: Fillable | undefined;
  /** The state of the base. Absent: it is read. */
  readonly before?: ScratchState;
  /** Where some statements lead, so that one file of just these needs no second look by the diff library. */
  readonly after?: { readonly statements: readonly string[]; readonly state: ScratchState };
}

/** Applies files to a filled copy of a database, undoes them, applies them again, and compares catalogs after each leg and rows by
 *  content. Their ways back come out of it. A table whose made-up rows stand in the way of the first leg is left empty, and reported.
 *  @throws {DbError} DB_GENERATE where a file does not run, or the second way up gives another catalog than the first */
export async function prove(input: ProveInput): Promise<Proof> {
  const { files, schemas } = input;
  const up = await goUp(input, new Map());
  const { session, states } = up;
  try {
    const waysBack = new Map<number, WayBack>();
    await goDown(session, files, schemas, states, waysBack);
    const irreversible = [...waysBack].find(([, { irreversible: why }]) => why !== null)?.[0] ?? null;
    const back = irreversible === null ? compareContents(up.filled, await rowsOfBefore(session, schemas, up)) : null;
    if (irreversible === null) await goUpAgain(session, files, schemas, states);
    else if (irreversible > 0)
      // What lies before it can be undone as long as it is not applied.
      for (const [number, way] of (await prove({ ...input, files: files.slice(0, irreversible) })).waysBack.entries())
        waysBack.set(number, way);
    return { ...up.facts, states, back, waysBack: files.map((_, number) => wayBackOf(waysBack, number)) };
  } finally {
    await up[Symbol.asyncDispose]();
  }
}

interface WentUp extends AsyncDisposable {
  readonly session: Session;
  readonly states: readonly ScratchState[];
  /** The made-up rows, before the first file. */
  readonly filled: Contents;
  /** Tables that the files made and left empty, and whose rows were made up since. */
  readonly added: ReadonlySet<number>;
  readonly facts: Pick<Proof, 'version' | 'rows' | 'tables' | 'unfilled' | 'up'>;
}

/** `leftOut`: tables that stay empty, by their whole names, with the reason. */
async function goUp(input: ProveInput, leftOut: ReadonlyMap<string, string>): Promise<WentUp> {
  const { base, files, schemas, scratch, later } = input;
  const copy = await scratch.copy(base);
  const session = await openScratchSession(copy.url);
  const close = async () => {
    await session[Symbol.asyncDispose]();
    await copy.drop();
  };
  try {
    const states = [input.before ?? (await readState(session, schemas))];
    const rows = (table: string) => (leftOut.has(wholeName(table)) ? 0 : ROWS);
    const filling = await fillTables(session.sql, schemas, { rows, later });
    const filled = await readContents(session.sql, schemas);
    for (const file of files) {
      await applyIn(session.sql, file);
      states.push(await stateAfter(session, input));
    }
    const contents = await readContents(session.sql, schemas);
    const up = compareContents(filled, contents, renamedBy(files));
    const added = await fillNewTables(session, schemas, filled, contents);
    const unfilled = filling.map((one) => ({ ...one, why: leftOut.get(wholeName(one.table)) ?? one.why }));
    return {
      session,
      states,
      filled,
      added,
      facts: factsOf(session, filled, unfilled, up),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    const inTheWay = await tableInTheWay(error);
    if (inTheWay === null || leftOut.has(inTheWay) || !(error instanceof DbError)) throw error;
    return await goUp(input, new Map([...leftOut, [inTheWay, error.facts.why ?? error.message]]));
  }
}

async function stateAfter(session: Session, { files, schemas, after }: ProveInput): Promise<ScratchState> {
  const isKnown = files.length === 1 && isDeepStrictEqual(files[0]?.statements, after?.statements);
  if (after === undefined || !isKnown) return await readState(session, schemas);
  return { diff: after.state.diff, catalog: await readCatalog(session.sql, schemas) };
}

function renamedBy(files: readonly ProvenFile[]) {
  return files.flatMap(({ renamed }) => renamed ?? []);
}

function factsOf(session: Session, filled: Contents, filling: readonly Filled[], up: Fate): WentUp['facts'] {
  const counts = [...filled.values()].map(({ rows }) => rows);
  return {
    version: session.serverVersion,
    rows: counts.reduce((sum, rows) => sum + rows, 0),
    tables: counts.length,
    unfilled: filling.filter(({ why }) => why !== null),
    up,
  };
}

/** The way back must also work when the new tables are in use; one that was left empty stays so, for the second way up. Gives their
 *  oids. */
async function fillNewTables(
  { sql }: Session,
  schemas: readonly string[],
  before: Contents,
  after: Contents,
): Promise<ReadonlySet<number>> {
  const empty = [...after].filter(([oid, { rows }]) => rows === 0 && !before.has(oid));
  const names = new Set(empty.map(([, { name }]) => name));
  if (names.size > 0) await fillTables(sql, schemas, { rows: (table) => (names.has(table) ? ROWS : 0) });
  return new Set(empty.map(([oid]) => oid));
}

/** Without the tables whose rows were made up after the way up: equal made-up rows are not the rows of before. */
async function rowsOfBefore({ sql }: Session, schemas: readonly string[], { added }: WentUp): Promise<Contents> {
  return new Map([...(await readContents(sql, schemas))].filter(([oid]) => !added.has(oid)));
}

async function goDown(
  session: Session,
  files: readonly ProvenFile[],
  schemas: readonly string[],
  states: readonly ScratchState[],
  waysBack: Map<number, WayBack>,
): Promise<void> {
  for (const [number, file] of [...files.entries()].reverse()) {
    const { [number]: before, [number + 1]: after } = states;
    if (before === undefined || after === undefined) return;
    const way = file.down
      ? await undoBy(session, file.down, schemas, before)
      : await undo(session, { ...file, schemas }, before, after);
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
  for (const file of files) await applyIn(session.sql, file);
  const [first, second] = [states.at(-1), await readCatalog(session.sql, schemas)];
  const different = first === undefined ? [] : differenceLines(second, first.catalog);
  if (different.length === 0) return;
  throw new DbError('DB_GENERATE', {
    why: `up, down, up gives another catalog than up:\n  ${different.join('\n  ')}`,
    changed: 'nothing was written',
  });
}

function wayBackOf(waysBack: ReadonlyMap<number, WayBack>, number: number): WayBack {
  return waysBack.get(number) ?? { statements: [], noTransaction: false, irreversible: 'it was not undone' };
}
