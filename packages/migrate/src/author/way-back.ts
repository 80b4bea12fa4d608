import type { Sql } from 'postgres';
import { compareCatalogs, readCatalog } from '../catalog/read-catalog.ts';
import { diffStates } from '../catalog/residual.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { usesNewValue } from '../sql/names-value.ts';
import { parseSql } from '../sql/parse.ts';
import { concurrently, partitionedRelations } from './concurrently.ts';
import { inverseRenames } from './inverse-renames.ts';
import { keepGrants } from './keep-grants.ts';
import { numberedOn } from './numbered-on.ts';
import { applyIn, runIn } from './scratch.ts';
import { readState, type ScratchState } from './scratch-state.ts';

/** What undoes one migration. */
export interface WayBack {
  readonly statements: readonly string[];
  readonly noTransaction: boolean;
  /** Its UPDATEs run in batches. Absent: no. */
  readonly inBatches?: boolean;
  /** Why it cannot be undone while there are rows. NULL: it was undone, with rows in it. */
  readonly irreversible: string | null;
}

/** What it undoes. */
export interface Undone {
  readonly statements: readonly string[];
  readonly noTransaction: boolean;
  readonly schemas: readonly string[];
  /** What the diff cannot know; runs ahead of it. */
  readonly backFirst?: readonly string[] | undefined;
}

/** Undoes a migration in the scratch database in which it was the last one applied, and which is in the state `after`: its renames turned
 *  round, what the migration itself knows of its way back, then the catalog diff from what is there to what was there before; proven to
 *  arrive there. Where it says `irreversible` the database is of no further use. */
export async function undo(
  session: Session,
  undone: Undone,
  before: ScratchState,
  after: ScratchState,
): Promise<WayBack> {
  const renames = await undoRenames(session, undone.statements);
  const { backFirst = [] } = undone;
  const first = { statements: [...renames, ...backFirst], noTransaction: false };
  const failed = await failureOf(session, { ...first, statements: backFirst });
  if (failed !== null) return { ...first, irreversible: failed };
  const { diff } = first.statements.length === 0 ? after : await readState(session, undone.schemas);
  const plain = numberedOn(diffStates(diff, before.diff).map(({ sql }) => sql));
  const partitioned = undone.noTransaction ? await partitionedRelations(session) : new Set<string>();
  const kept = keepGrants(plain);
  const steps = undone.noTransaction ? plain.map((statement) => concurrently(statement, partitioned)) : kept;
  const statements = [...first.statements, ...steps];
  // A new value of an enum is used only once it is committed; what keeps privileges needs one transaction.
  const isFirstCommitted = kept.length === plain.length && usesNewValue(plain);
  const isInSteps = undone.noTransaction && statements.some(isConcurrent);
  const back = { statements, noTransaction: isInSteps || isFirstCommitted };
  const irreversible =
    (await failureOf(session, { statements: steps, noTransaction: back.noTransaction })) ??
    (await leftBy(session, undone.schemas, before));
  return { ...back, irreversible };
}

/** Runs a way back that is there already, as `undo` does with its own. */
export async function undoBy(
  session: Session,
  given: Omit<WayBack, 'irreversible'>,
  schemas: readonly string[],
  before: ScratchState,
): Promise<WayBack> {
  const irreversible = (await failureOf(session, given)) ?? (await leftBy(session, schemas, before));
  return { ...given, irreversible };
}

/** Why statements do not run. NULL: they ran. */
async function failureOf({ sql }: Session, file: Parameters<typeof applyIn>[1]): Promise<string | null> {
  try {
    await applyIn(sql, file);
    return null;
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return error.facts.why ?? error.message;
  }
}

/** What is not as it was before. NULL: nothing. */
async function leftBy({ sql }: Session, schemas: readonly string[], before: ScratchState): Promise<string | null> {
  const left = compareCatalogs(await readCatalog(sql, schemas), before.catalog);
  return left.length === 0 ? null : `it leaves ${left.map(({ object }) => object).join(', ')} changed`;
}

async function undoRenames(session: Session, statements: readonly string[]): Promise<readonly string[]> {
  const parsed = statements.map((statement) => parseSql(statement));
  const done: string[] = [];
  // What the same migration has dropped again the diff makes anew.
  for (const rename of inverseRenames(parsed.flatMap((one) => (one.ok ? one.statements : []))))
    done.push(...(await turnRound(session, rename)));
  return done;
}

/** A view may bear the old name now, so that old statements still run: it has no rows, and makes room. */
async function turnRound({ sql }: Session, rename: string): Promise<readonly string[]> {
  const refused = await tried(sql, rename);
  if (refused === null) return [rename];
  if (sqlStateOf(refused) !== NAME_TAKEN) return [];
  const view = await viewInTheWay(sql, rename);
  if (view === null) return [];
  for (const room of [view.drop, view.putAside]) {
    const both = [room, rename];
    const failed = await sql.begin((tx) => runIn(tx, both)).catch((error: unknown) => error);
    if (failed === undefined) return both;
  }
  return [];
}

/** duplicate_table */
const NAME_TAKEN = '42P07';

function tried(sql: Sql, statement: string): Promise<unknown> {
  return sql.unsafe(statement).then(
    () => null,
    (error: unknown) => error,
  );
}

interface ViewInTheWay {
  readonly drop: string;
  /** Where other views stand on it: the diff then drops them all. */
  readonly putAside: string;
}

/** The view whose name a rename is to take. NULL: no view bears it. */
async function viewInTheWay(sql: Sql, rename: string): Promise<ViewInTheWay | null> {
  const parsed = parseSql(rename);
  const node = parsed.ok ? parsed.statements[0]?.node : undefined;
  const { schemaname } = (node?.['relation'] ?? {}) as { readonly schemaname?: string };
  const [name, schema] = [String(node?.['newname'] ?? ''), schemaname ?? null];
  const [view] = await sql<ViewInTheWay[]>`
    SELECT format('DROP %s %I.%I', k.kind, n.nspname, c.relname) AS drop,
      format('ALTER %s %I.%I RENAME TO %I', k.kind, n.nspname, c.relname, left(c.relname, 50) || '_put_aside') AS "putAside"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind) AS k
    WHERE c.relname = ${name} AND n.nspname = coalesce(${schema}, current_schema()) AND c.relkind IN ('v', 'm')`;
  return view ?? null;
}

function isConcurrent(statement: string): boolean {
  return / INDEX CONCURRENTLY /.test(statement);
}
