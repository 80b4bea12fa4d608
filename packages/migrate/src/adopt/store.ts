import type { Sql } from 'postgres';
import type { Backfill } from '../backfill/backfill.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import type { TableSum } from './checksums.ts';
import type { AdoptedTable, Fill, Kept, LaterStep, Waiting } from './plan.ts';

/** `adopting` and `finishing`: begun, and to be gone on with. */
export type AdoptionState = 'adopting' | 'adopted' | 'finishing' | 'finished';

/** What is recorded of a domain's adoption. */
export interface StoredAdoption {
  readonly state: AdoptionState;
  readonly fromSchema: string;
  readonly work: StoredWork;
  readonly retained: readonly Kept[];
  readonly waiting: readonly Waiting[];
  /** What takes it back, in the order in which it runs. */
  readonly undo: readonly string[];
  /** The catalogs of both schemas as they were found. */
  readonly found: Readonly<Record<string, string>>;
}

/** What is left to do after the transaction, and what it is proved by. */
export interface StoredWork {
  readonly adopted: readonly string[];
  readonly tables: readonly AdoptedTable[];
  readonly fills: readonly Fill[];
  readonly later: readonly LaterStep[];
  /** Columns that adoption added, `<table>.<column>`. */
  readonly added: readonly string[];
  readonly before: readonly TableSum[];
  readonly keepInPlace: boolean;
  /** What `--finish` has left to do. Absent: it has not come so far. */
  readonly finish?: readonly LaterStep[];
  /** The column of a large table that is getting its type. Absent: none is just now. */
  readonly swap?: StoredSwap;
}

/** How a column gets its type, in the order in which it is done: a transaction, batches, single steps, two transactions. */
export interface StoredSwap {
  /** `<table>.<column>`. */
  readonly name: string;
  readonly expand: readonly string[];
  /** NULL: nothing is to be filled. */
  readonly fill: StoredFill | null;
  readonly build: readonly string[];
  readonly swap: readonly string[];
  readonly drop: readonly string[];
}

/** A new column that is filled from another one, by a trigger that is there. */
export interface StoredFill {
  /** Qualified and quoted. */
  readonly table: string;
  readonly key: Backfill['key'];
  readonly column: string;
  readonly fresh: string;
  /** Whether triggers of others can be kept from firing. */
  readonly quiet: boolean;
}

const DDL = `
  CREATE TABLE IF NOT EXISTS migrations.adoptions (
    domain text NOT NULL, state text NOT NULL, from_schema text NOT NULL, found jsonb NOT NULL, found_hash text NOT NULL,
    work jsonb NOT NULL, undo jsonb NOT NULL, retained jsonb NOT NULL, waiting jsonb NOT NULL, proof jsonb,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(), started_by text NOT NULL DEFAULT session_user, ended_at timestamptz,
    CONSTRAINT adoptions_pkey PRIMARY KEY (domain),
    CONSTRAINT adoptions_state_check CHECK (state IN ('adopting', 'adopted', 'finishing', 'finished')))`;

/** Makes the table of adoptions once: databases that adopt nothing do without it. */
export async function ensureAdoptions(session: Session, lock: LockOptions): Promise<void> {
  if (await present(session.sql)) return;
  await withLock(session, lockName.history, lock, async () => {
    await session.sql.unsafe(DDL);
  });
}

async function present(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ there: boolean }[]>`SELECT to_regclass('migrations.adoptions') IS NOT NULL AS there`;
  return row?.there === true;
}

/** What is recorded of a domain's adoption. NULL: it was not adopted. Read-only. */
export async function readAdoption(sql: Sql, domain: string): Promise<StoredAdoption | null> {
  if (!(await present(sql))) return null;
  const [row] = await sql<StoredAdoption[]>`
    SELECT state, from_schema AS "fromSchema", work, undo, retained, waiting, found FROM migrations.adoptions WHERE domain = ${domain}`;
  return row ?? null;
}

/** Whether an adoption, or its finish, has begun and not come to its end. */
export function halfDone({ state }: Pick<StoredAdoption, 'state'>): boolean {
  return state === 'adopting' || state === 'finishing';
}

/** An adoption that was begun and has not come to its end: it was cut, or is at work just now. */
export interface HalfAdoption {
  readonly state: 'adopting' | 'finishing';
  readonly why: string;
  readonly fix: string;
}

/** NULL: there is none. Read-only. */
export async function readHalfAdoption(sql: Sql, domain: string): Promise<HalfAdoption | null> {
  if (!(await present(sql))) return null;
  const [row] = await sql<{ state: HalfAdoption['state'] }[]>`
    SELECT state FROM migrations.adoptions WHERE domain = ${domain} AND state IN ('adopting', 'finishing')`;
  if (row === undefined) return null;
  const { state } = row;
  return {
    state,
    why: state === 'adopting' ? 'an adoption is half done' : 'an adoption is half finished',
    fix: `go on with it: \`pnpm db adopt --domain ${domain}${state === 'finishing' ? ' --finish' : ''} --yes\``,
  };
}

/** No migration runs between the two halves of an adoption.
 *  @throws {DbError} DB_ADOPT_STATE */
export async function requireWholeAdoption(sql: Sql, domain: string): Promise<void> {
  const half = await readHalfAdoption(sql, domain);
  if (half !== null)
    throw new DbError('DB_ADOPT_STATE', { why: half.why, fix: half.fix, changed: 'nothing was changed' });
}

export interface NewAdoption extends Omit<StoredAdoption, 'state' | 'found'> {
  /** The catalogs as they were found, as stored JSON, and their SHA-256. */
  readonly found: string;
  readonly foundHash: string;
}

/** Records that an adoption has begun, as SQL: the first statement of its transaction. */
export function beginText(domain: string, adoption: NewAdoption): string {
  const { fromSchema, found, foundHash, work, undo, retained, waiting } = adoption;
  const values = [
    domain,
    'adopting',
    fromSchema,
    found,
    foundHash,
    ...[work, undo, retained, waiting].map((value) => JSON.stringify(value)),
  ];
  return `INSERT INTO migrations.adoptions (domain, state, from_schema, found, found_hash, work, undo, retained, waiting) VALUES (${values.map(sqlLiteral).join(', ')})`;
}

export function updateText(domain: string, values: Readonly<Record<string, string>>): string {
  const sets = Object.entries(values).map(([column, value]) => `${column} = ${sqlLiteral(value)}`);
  return `UPDATE migrations.adoptions SET ${sets.join(', ')}, ended_at = clock_timestamp() WHERE domain = ${sqlLiteral(domain)}`;
}
